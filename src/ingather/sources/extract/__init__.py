"""From a page to what it says: main text, turns, tables, pictures, and how sure that is."""
