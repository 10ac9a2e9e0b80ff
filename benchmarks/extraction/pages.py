"""Pages of five kinds with known truth, laid out as common software lays them out, and as none does."""

# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import furniture as around
from words import Writer


@dataclass(slots=True)
class Truth:
    """A page and what it says.

    Attributes:
        kind: article, forum, product, list or documentation.
        layout: which template made it.
        html: the page.
        said: the main text, block by block.
        title: of the text.
        author: of the text, empty where the page names none.
        date: of the text, likewise.
        language: as the page states it.
    """

    kind: str
    layout: str
    html: str = ""
    said: list[str] = field(default_factory=list)
    title: str = ""
    author: str = ""
    date: str = ""
    language: str = ""

    def add(self, text: str) -> str:
        """Takes a piece of main text down and gives it back."""
        self.said.append(text)
        return text


def _body(write: Writer, truth: Truth, paragraphs: int) -> str:
    """Running text with headings, lists, a quote, sometimes code and a table."""
    lot = write.lot
    parts = []
    for number in range(paragraphs):
        if number and lot.random() < 0.25:
            parts.append(f"<h2>{truth.add(write.phrase(2, 6))}</h2>")
        text = truth.add(write.paragraph())
        word = text.split()[3]
        if lot.random() < 0.3:
            text = text.replace(f" {word} ", f' <a href="/w">{word}</a> ', 1)
        if lot.random() < 0.3:
            first, _, rest = text.partition(" ")
            text = f"<b>{first}</b> {rest}"
        parts.append(f"<p>{text}</p>")
        if lot.random() < 0.15:
            items = "".join(f"<li>{truth.add(write.phrase(3, 12))}</li>" for _ in range(lot.randint(2, 5)))
            parts.append(f"<ul>{items}</ul>")
        if lot.random() < 0.1:
            parts.append(f"<blockquote><p>{truth.add(write.sentence())}</p></blockquote>")
        if lot.random() < 0.08:
            parts.append(_table(write, truth))
    return "\n".join(parts)


def _table(write: Writer, truth: Truth) -> str:
    header = "".join(f"<th>{truth.add(write.phrase(1, 2))}</th>" for _ in range(3))
    rows = "".join(
        "<tr>" + "".join(f"<td>{truth.add(write.phrase(1, 4))}</td>" for _ in range(3)) + "</tr>"
        for _ in range(write.lot.randint(2, 6))
    )
    return f"<table><thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table>"


def _begun(write: Writer, kind: str, layout: str) -> tuple[Truth, str]:
    truth = Truth(kind, layout, language=write.language)
    truth.title = write.phrase(4, 9)
    return truth, write.phrase(2, 2)


def wordpress(write: Writer) -> Truth:
    """An article of a blog, with comments."""
    truth, site = _begun(write, "article", "wordpress")
    truth.author, truth.date = write.name(), write.day()
    head = around.head(
        write,
        truth.title,
        site,
        f'<meta property="article:published_time" content="{truth.date}T08:00:00+00:00">',
    )
    truth.html = (
        f'<html lang="{truth.language}">{head}<body class="single has-sidebar">{around.top(write, site)}'
        f'<div id="content"><main><article class="post"><header class="entry-header"><h1 class="entry-title">'
        f'{truth.add(truth.title)}</h1><div class="entry-meta">Posted on <time datetime="{truth.date}">{truth.date}'
        f'</time> by <a rel="author" href="/a">{truth.author}</a></div></header><div class="entry-content">'
        f"{_body(write, truth, write.lot.randint(2, 14))}</div>{around.share()}</article>{around.related(write)}"
        f"{around.comments(write)}</main>{around.side(write)}</div>{around.bottom(write, site)}</body></html>"
    )
    return truth


def newspaper(write: Writer) -> Truth:
    """An article of a newspaper, described by JSON-LD."""
    truth, site = _begun(write, "article", "newspaper")
    truth.author, truth.date = write.name(), write.day()
    data = (
        '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle", "headline": '
        f'"{truth.title}", "datePublished": "{truth.date}T06:00:00Z", "author": {{"@type": "Person", "name": '
        f'"{truth.author}"}}}}</script>'
    )
    truth.html = (
        f'<html lang="{truth.language}">{around.head(write, truth.title, site, data)}<body>{around.top(write, site)}'
        f'<div class="page"><article><div class="kicker">{write.phrase(1, 2)}</div><h1>{truth.add(truth.title)}</h1>'
        f'<p class="standfirst">{truth.add(write.paragraph(1, 2))}</p><div class="byline">By {truth.author}</div>'
        f'<figure><img src="/p.jpg" alt="{write.phrase()}"></figure>'
        f'<div data-component="text-block">{_body(write, truth, write.lot.randint(3, 20))}</div>'
        f'<div class="newsletter-signup"><p>{write.sentence()} {write.sentence()}</p></div></article>'
        f"{around.related(write)}</div>{around.bottom(write, site)}</body></html>"
    )
    return truth


def nameless(write: Writer) -> Truth:
    """An article in elements whose names say nothing."""
    truth, site = _begun(write, "article", "nameless")
    truth.html = (
        f'<html lang="{truth.language}">{around.head(write, truth.title, site)}<body><div class="css-1a">'
        f'{around.plain_top(write, site)}<div class="css-2b"><div class="css-3c"><h1 class="css-h">'
        f'{truth.add(truth.title)}</h1><div class="css-4d">{_body(write, truth, write.lot.randint(3, 15))}</div></div>'
        f'<div class="css-5e">{around.links(write, 12, "div")}</div></div>{around.plain_bottom(write, site)}</div>'
        "</body></html>"
    )
    return truth


def old_tables(write: Writer) -> Truth:
    """An article laid out by tables, paragraphs parted by breaks."""
    truth, site = _begun(write, "article", "old tables")
    said = [truth.add(truth.title)] + [truth.add(write.paragraph()) for _ in range(write.lot.randint(3, 10))]
    truth.html = (
        f"<html><head><title>{truth.title}</title></head><body bgcolor=white><table width=100%><tr>"
        f"<td width=150 valign=top>{''.join(f'<a href=/{n}.htm>{write.phrase(1, 3)}</a><br>' for n in range(15))}</td>"
        f"<td valign=top><font size=5><b>{said[0]}</b></font><p>{'<br><br>'.join(said[1:])}</td></tr>"
        f"<tr><td colspan=2 align=center><font size=1>(c) {site} <a href=/>Home</a></font></td></tr></table></body></html>"
    )
    truth.language = ""
    return truth


def _posts(write: Writer, truth: Truth, quoted: str, post: Callable[[str, str, str], str]) -> str:
    made = []
    for _ in range(write.lot.randint(2, 12)):
        paragraphs = [truth.add(write.paragraph(1, 4)) for _ in range(write.lot.randint(1, 3))]
        made.append(post(write.name(), write.day(), quoted.join(paragraphs)))
    return "".join(made)


def phpbb(write: Writer) -> Truth:
    """A thread of phpBB."""
    truth, site = _begun(write, "forum", "phpBB")

    def post(name: str, day: str, text: str) -> str:
        return (
            f'<div class="post bg1"><div class="inner"><dl class="postprofile"><dt><a class="username" href="/u">{name}'
            f"</a></dt><dd class='profile-posts'><strong>Posts:</strong> 12</dd><dd>Joined: {day}</dd></dl>"
            f'<div class="postbody"><h3><a href="#">Re: {truth.title}</a></h3><p class="author">by <a class="username" '
            f'href="/u">{name}</a> » <time datetime="{day}">{day}</time></p><div class="content">{text}</div>'
            f'<div class="signature">{write.sentence()}</div></div></div></div>'
        )

    truth.html = (
        f'<html lang="{truth.language}">{around.head(write, truth.title, site)}<body id="phpbb" class="viewtopic">'
        f'<div id="wrap"><div class="headerbar">{around.top(write, site)}</div><ul class="breadcrumbs">'
        f'{around.links(write, 4)}</ul><div id="page-body"><h2 class="topic-title"><a href="/t">'
        f'{truth.add(truth.title)}</a></h2>{_posts(write, truth, "<br><br>", post)}<div class="pagination">'
        f"{around.links(write, 5)}</div></div>{around.bottom(write, site)}</div></body></html>"
    )
    return truth


def xenforo(write: Writer) -> Truth:
    """A thread of XenForo."""
    truth, site = _begun(write, "forum", "XenForo")

    def post(name: str, day: str, text: str) -> str:
        return (
            f'<article class="message message--post" data-author="{name}"><div class="message-cell--user"><h4 '
            f'class="message-name"><a class="username">{name}</a></h4><h5>Member</h5></div><div class="message-cell">'
            f'<header class="message-attribution"><time class="u-dt" datetime="{day}T10:00:00+0000">{day}</time></header>'
            f'<article class="message-body"><div class="bbWrapper">{text}</div></article><footer class="message-footer">'
            '<a href="#">Like</a> <a href="#">Reply</a></footer></div></article>'
        )

    truth.html = (
        f'<html lang="{truth.language}">{around.head(write, truth.title, site)}<body><div class="p-pageWrapper">'
        f'{around.top(write, site)}<div class="p-body"><div class="p-title"><h1>{truth.add(truth.title)}</h1></div>'
        f'<div class="block-body">{_posts(write, truth, "<br><br>", post)}</div></div>{around.side(write)}'
        f"{around.bottom(write, site)}</div></body></html>"
    )
    return truth


def questions(write: Writer) -> Truth:
    """A question with answers, described by microdata."""
    truth, site = _begun(write, "forum", "questions")

    def post(name: str, day: str, text: str) -> str:
        return (
            '<div class="answer" itemprop="suggestedAnswer" itemscope itemtype="https://schema.org/Answer">'
            '<div class="votecell"><span itemprop="upvoteCount">7</span></div><div class="answercell">'
            f'<div class="s-prose" itemprop="text"><p>{text}</p></div><div class="user-info">answered <time itemprop='
            f'"dateCreated" datetime="{day}">{day}</time> <span itemprop="author" itemscope><span itemprop="name">'
            f"{name}</span></span></div></div></div>"
        )

    truth.html = (
        f'<html lang="{truth.language}">{around.head(write, truth.title, site)}<body>{around.top(write, site)}'
        f'<div id="mainbar" itemscope itemtype="https://schema.org/Question"><h1 itemprop="name">'
        f'{truth.add(truth.title)}</h1><div class="question"><div class="s-prose" itemprop="text"><p>'
        f"{truth.add(write.paragraph())}</p><pre><code>{truth.add(write.code())}</code></pre><p>"
        f'{truth.add(write.sentence())}</p></div></div><div id="answers">'
        f"{_posts(write, truth, '</p><p>', post)}</div></div>{around.side(write)}{around.bottom(write, site)}</body></html>"
    )
    return truth


def nameless_thread(write: Writer) -> Truth:
    """A thread of software that nobody knows."""
    truth, site = _begun(write, "forum", "nameless thread")

    def post(name: str, day: str, text: str) -> str:
        return f'<div class="q7"><div class="q8">{name}<br>{day}</div><div class="q9">{text}</div></div>'

    truth.html = (
        f"<html>{around.head(write, truth.title, site)}<body>{around.plain_top(write, site)}<div class=q1><div class=q2>"
        f"{truth.add(truth.title)}</div>{_posts(write, truth, '<br><br>', post)}</div>"
        f"{around.plain_bottom(write, site)}</body></html>"
    )
    truth.language = ""
    return truth


def _product(
    write: Writer, truth: Truth, name: str, review: Callable[[str, str, int, str], str]
) -> tuple[str, str, str]:
    text = "".join(f"<p>{truth.add(write.paragraph(1, 4))}</p>" for _ in range(write.lot.randint(1, 4)))
    rows = "".join(
        f"<tr><th>{truth.add(write.phrase(1, 2))}</th><td>{truth.add(write.phrase(1, 4))}</td></tr>"
        for _ in range(write.lot.randint(3, 8))
    )
    reviews = "".join(
        review(write.name(), write.day(), write.lot.randint(1, 5), truth.add(write.paragraph(1, 3)))
        for _ in range(write.lot.randint(1, 7))
    )
    return text, rows, reviews


def shop(write: Writer) -> Truth:
    """A product with its description, its data and reviews described by microdata."""
    truth, site = _begun(write, "product", "shop")
    truth.add(truth.title)

    def review(name: str, day: str, stars: int, text: str) -> str:
        return (
            '<div class="review" itemprop="review" itemscope itemtype="https://schema.org/Review"><span itemprop="author">'
            f'{name}</span><meta itemprop="datePublished" content="{day}"><span itemprop="reviewRating" itemscope itemtype='
            f'"https://schema.org/Rating"><meta itemprop="ratingValue" content="{stars}"><meta itemprop="bestRating" '
            f'content="5"></span><div itemprop="reviewBody"><p>{text}</p></div></div>'
        )

    text, rows, reviews = _product(write, truth, "shop", review)
    truth.html = (
        f'<html lang="{truth.language}">{around.head(write, truth.title, site)}<body>{around.top(write, site)}<nav class='
        f'"breadcrumb">{around.links(write, 4, "span")}</nav><main itemscope itemtype="https://schema.org/Product"><h1 '
        f'itemprop="name">{truth.title}</h1><div class="gallery"><img src="/a.jpg" alt="x"></div><div class="buy-box">'
        f'<button>Add to basket</button></div><div class="product-description" itemprop="description">{text}</div>'
        f'<table class="specs">{rows}</table><section id="reviews">{reviews}</section>{around.related(write)}</main>'
        f"{around.bottom(write, site)}</body></html>"
    )
    return truth


def nameless_shop(write: Writer) -> Truth:
    """A product in elements whose names say nothing."""
    truth, site = _begun(write, "product", "nameless shop")
    truth.add(truth.title)

    def review(name: str, day: str, stars: int, text: str) -> str:
        return f'<div class="k5"><div class="k6">{"★" * stars}</div><div class="k7">{text}</div></div>'

    text, rows, reviews = _product(write, truth, "shop", review)
    truth.html = (
        f'<html lang="{truth.language}">{around.head(write, truth.title, site)}<body>{around.plain_top(write, site)}'
        f'<div class="k1"><h1>{truth.title}</h1><div class="k2">{text}</div><table>{rows}</table><div class="k4">'
        f"{reviews}</div></div>{around.plain_bottom(write, site)}</body></html>"
    )
    return truth


def index(write: Writer) -> Truth:
    """The front of a blog: titles with the beginnings of articles."""
    truth, site = _begun(write, "list", "index")
    entries = "".join(
        f'<article class="post"><h2 class="entry-title"><a href="/{n}">{truth.add(write.phrase(3, 9))}</a></h2>'
        f'<div class="entry-summary"><p>{truth.add(write.paragraph(1, 3))}</p></div></article>'
        for n in range(write.lot.randint(5, 15))
    )
    truth.html = (
        f'<html lang="{truth.language}">{around.head(write, truth.title, site)}<body>{around.top(write, site)}<div id='
        f'"primary"><main><h1 class="page-title">{truth.add(truth.title)}</h1>{entries}<nav class="pagination">'
        f"{around.links(write, 6)}</nav></main></div>{around.side(write)}{around.bottom(write, site)}</body></html>"
    )
    return truth


def directory(write: Writer) -> Truth:
    """A list of links with a line on each."""
    truth, site = _begun(write, "list", "directory")
    entries = "".join(
        f'<li><a href="https://e{n}.example/">{truth.add(write.phrase(2, 5))}</a> – {truth.add(write.sentence())}</li>'
        for n in range(write.lot.randint(8, 40))
    )
    truth.html = (
        f'<html lang="{truth.language}">{around.head(write, truth.title, site)}<body>{around.top(write, site)}<div class='
        f'"wrap"><h1>{truth.add(truth.title)}</h1><p>{truth.add(write.paragraph(1, 2))}</p><ul>{entries}</ul></div>'
        f"{around.bottom(write, site)}</body></html>"
    )
    return truth


def results(write: Writer) -> Truth:
    """A list of finds in elements whose names say nothing."""
    truth, site = _begun(write, "list", "results")
    entries = "".join(
        f'<div class="g1"><div class="g2"><a href="/{n}">{truth.add(write.phrase(3, 8))}</a></div><div class="g3">'
        f"{truth.add(write.paragraph(1, 2))}</div></div>"
        for n in range(write.lot.randint(6, 20))
    )
    truth.html = (
        f"<html>{around.head(write, truth.title, site)}<body>{around.plain_top(write, site)}<div class=g0>{entries}</div>"
        f"{around.plain_bottom(write, site)}</body></html>"
    )
    truth.language = ""
    return truth


def _reference(write: Writer, truth: Truth) -> str:
    parts = []
    for _ in range(write.lot.randint(2, 7)):
        parts.append(f"<h2>{truth.add(write.phrase(1, 4))}<a class='headerlink' href='#x'>¶</a></h2>")
        parts += [f"<p>{truth.add(write.paragraph(1, 4))}</p>" for _ in range(write.lot.randint(1, 3))]
        if write.lot.random() < 0.6:
            parts.append(f'<div class="highlight"><pre><span></span>{truth.add(write.code())}</pre></div>')
        if write.lot.random() < 0.4:
            items = "".join(
                f"<dt>{truth.add(write.phrase(1, 2))}</dt><dd><p>{truth.add(write.sentence())}</p></dd>"
                for _ in range(3)
            )
            parts.append(f"<dl>{items}</dl>")
        if write.lot.random() < 0.3:
            parts.append(_table(write, truth))
    return "".join(parts)


def sphinx(write: Writer) -> Truth:
    """A page of a manual made by Sphinx."""
    truth, site = _begun(write, "documentation", "Sphinx")
    truth.html = (
        f'<html lang="{truth.language}">{around.head(write, truth.title, site)}<body><div class="related" role="navigation">'
        f'<ul>{around.links(write, 6)}</ul></div><div class="document"><div class="documentwrapper"><div class="bodywrapper">'
        f'<div class="body" role="main"><section id="s"><h1>{truth.add(truth.title)}<a class="headerlink" href="#s">¶</a></h1>'
        f'{_reference(write, truth)}</section></div></div></div><div class="sphinxsidebar" role="navigation"><h3>Table of '
        f'Contents</h3><ul>{around.links(write, 25)}</ul></div></div><div class="footer">© Copyright 2025.</div></body></html>'
    )
    return truth


def mkdocs(write: Writer) -> Truth:
    """A page of a manual made by MkDocs Material."""
    truth, site = _begun(write, "documentation", "MkDocs")
    truth.html = (
        f'<html lang="{truth.language}">{around.head(write, truth.title, site)}<body><header class="md-header"><nav>'
        f'{around.links(write, 5, "span")}</nav></header><div class="md-container"><main class="md-main"><div class='
        f'"md-sidebar md-sidebar--primary"><nav class="md-nav"><ul>{around.links(write, 40)}</ul></nav></div><div class='
        f'"md-content"><article class="md-content__inner md-typeset"><h1>{truth.add(truth.title)}</h1>'
        f'{_reference(write, truth)}</article></div><div class="md-sidebar md-sidebar--secondary"><nav><ul>'
        f"{around.links(write, 9)}</ul></nav></div></main><footer class='md-footer'>Made with care</footer></div></body></html>"
    )
    return truth


def plain_manual(write: Writer) -> Truth:
    """A page of a manual as texinfo writes it: no frame but a line of links."""
    truth, _ = _begun(write, "documentation", "plain manual")
    bar = '<div class="header"><p>Next: <a href="n">Next</a>, Up: <a href="u">Top</a> [<a href="i">Index</a>]</p></div>'
    truth.html = (
        f"<html><head><title>{truth.title}</title></head><body>{bar}<h1>{truth.add(truth.title)}</h1>"
        f"{_reference(write, truth)}<hr>{bar}</body></html>"
    )
    truth.language = ""
    return truth


LAYOUTS: tuple[Callable[[Writer], Truth], ...] = (
    wordpress, newspaper, nameless, old_tables, phpbb, xenforo, questions, nameless_thread, shop, nameless_shop,
    index, directory, results, sphinx, mkdocs, plain_manual,
)  # fmt: skip


def make(count: int, seed: int = 0) -> Iterator[Truth]:
    """So many pages, the layouts in turn."""
    for number in range(count):
        yield LAYOUTS[number % len(LAYOUTS)](Writer(seed * 1_000_003 + number))
