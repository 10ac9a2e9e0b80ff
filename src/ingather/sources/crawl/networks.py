"""From a host's name to addresses that may be asked: never of private networks that no plan names."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass, field

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Unreachable(Exception):
    """An address cannot or may not be asked; the words are the reason that is counted.

    Attributes:
        again: whether trying again may help.
    """

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.again = again


@dataclass
class Resolver:
    """Looks up names and keeps them for a while.

    What is connected to is the address that was looked at, so that a name whose address changes in between
    leads nowhere else.

    Attributes:
        allowed: private networks that the plan names.
        keep: seconds that an answer is kept.
    """

    allowed: tuple[Network, ...] = ()
    keep: float = 300.0
    _known: dict[tuple[str, int], tuple[float, list[str]]] = field(default_factory=dict)

    async def addresses(self, host: str, port: int) -> list[str]:
        """IP addresses of a host.

        Raises:
            Unreachable: the name is not known, or leads into a private network.
        """
        loop = asyncio.get_running_loop()
        known = self._known.get((host, port))
        if known is not None and known[0] > loop.time():
            return known[1]
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unreachable("the host's name is not known", again=isinstance(error, OSError)) from error
        every = list(dict.fromkeys(str(one[4][0]) for one in found))
        open_ones = [one for one in every if self.may_ask(one)]
        if not open_ones:
            raise Unreachable("the host lies in a private network, which the plan does not name", again=False)
        if len(self._known) > 100_000:
            self._known.clear()
        self._known[host, port] = (loop.time() + self.keep, open_ones)
        return open_ones

    def may_ask(self, address: str) -> bool:
        """Whether an IP address is a public one, or of a network that the plan names."""
        read = ipaddress.ip_address(address.partition("%")[0])
        if isinstance(read, ipaddress.IPv6Address) and read.ipv4_mapped is not None:
            read = read.ipv4_mapped
        if any(read.version == network.version and read in network for network in self.allowed):
            return True
        return read.is_global and not read.is_multicast
