"""The sections of the report, one file each: ``NAME``, ``TITLE`` and ``body(facts)``."""
