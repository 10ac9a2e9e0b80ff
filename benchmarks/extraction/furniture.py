"""What stands around the text of pages: menus, banners, teasers, footers, scripts; none of it is main text."""

# ruff: noqa: E501

from __future__ import annotations

from words import Writer


def head(write: Writer, title: str, site: str, extra: str = "") -> str:
    """A head as content systems write it."""
    style = "".join(
        f".c{n}{{margin:{n}px;padding:{n % 7}px;color:#{n * 9973 % 0xFFFFFF:06x}}}\n" for n in range(150)
    )
    script = "".join(
        f"window.q=window.q||[];q.push(['k{n}',{n * 31},'{write.phrase()}']);\n" for n in range(60)
    )
    return (
        f'<head><meta charset="utf-8"><title>{title} | {site}</title>'
        f'<meta name="viewport" content="width=device-width"><meta property="og:site_name" content="{site}">'
        f'<meta property="og:title" content="{title}"><meta name="description" content="{write.sentence()}">'
        f'<link rel="stylesheet" href="/s.css"><style>{style}</style><script>{script}</script>{extra}</head>'
    )


def links(write: Writer, count: int, tag: str = "li") -> str:
    """Entries of a menu."""
    return "".join(f'<{tag}><a href="/{n}">{write.phrase(1, 3)}</a></{tag}>' for n in range(count))


def top(write: Writer, site: str) -> str:
    """The top of a site: name, menu, search."""
    return (
        f'<header class="site-header"><a class="logo" href="/">{site}</a><nav class="main-navigation"><ul>'
        f'{links(write, 14)}</ul></nav><form action="/s"><input name="q"><button>Search</button></form></header>'
        '<div id="cookie-notice" class="cookie-banner"><p>We and our partners use cookies to improve this site, to '
        "measure how it is used and to show what may interest you. You can change this at any time.</p>"
        "<button>Accept all</button></div>"
    )


def plain_top(write: Writer, site: str) -> str:
    """The same without any name that says what it is."""
    return (
        f'<div class="xk1"><div class="xk2"><a href="/">{site}</a></div><div class="xk3">'
        f"{links(write, 12, 'div')}</div></div>"
    )


def side(write: Writer) -> str:
    """A column of teasers, with running text in them."""
    teasers = "".join(
        f'<div class="widget"><h3><a href="/t{n}">{write.phrase(3, 7)}</a></h3><p>{write.sentence()}</p></div>'
        for n in range(5)
    )
    return f'<aside class="sidebar"><h2>{write.phrase()}</h2>{teasers}<ul>{links(write, 10)}</ul></aside>'


def related(write: Writer) -> str:
    """What else one may read."""
    cards = "".join(
        f'<li><a href="/r{n}"><img src="/i{n}.jpg" alt=""><span>{write.phrase(4, 9)}</span></a></li>'
        for n in range(6)
    )
    return f'<div class="related-posts"><h3>{write.phrase()}</h3><ul>{cards}</ul></div>'


def share() -> str:
    """Buttons to pass it on."""
    return (
        '<div class="social-share"><ul><li><a href="#">Facebook</a></li><li><a href="#">Mastodon</a></li>'
        "<li><a href='#'>E-mail</a></li></ul></div>"
    )


def bottom(write: Writer, site: str) -> str:
    """The foot of a site."""
    return (
        f'<footer class="site-footer"><div class="newsletter"><h4>Newsletter</h4><p>{write.sentence()}</p></div>'
        f"<ul>{links(write, 20)}</ul><p>Copyright 2025 {site}. All rights reserved. {write.sentence()}</p></footer>"
        "<script>var a=1;for(var i=0;i<9;i++){a+=i}</script>"
    )


def plain_bottom(write: Writer, site: str) -> str:
    """The same without any name that says what it is."""
    return f'<div class="xz9">{links(write, 16, "span")}<div>Copyright 2025 {site}. All rights reserved.</div></div>'


def comments(write: Writer) -> str:
    """What readers wrote below an article: apart from the body."""
    said = "".join(
        f'<li class="comment"><div class="comment-author"><cite class="fn">{write.name()}</cite></div>'
        f'<time datetime="{write.day()}">{write.day()}</time><div class="comment-content"><p>{write.paragraph(1, 3)}'
        "</p></div><div class='reply'><a href='#'>Reply</a></div></li>"
        for _ in range(write.lot.randint(0, 6))
    )
    return f'<div id="comments" class="comments-area"><h2>Comments</h2><ol class="comment-list">{said}</ol></div>'
