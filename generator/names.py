"""Invented names: syllables for companies and surnames, plain given names, no real person."""

from __future__ import annotations

from random import Random

_HEADS = "Bel Cor Dal Fen Gal Hes Jol Kar Lum Mar Nov Or Pel Quin Ros Sol Tav Ur Vel Zan Bré Élu"
_MIDDLES = "a i o e u ami ori ela uno iva éna ova ari"
_TAILS = "dan lor mont nex pia quor ris sel tis vane xo zel mire brand dor fia gence ly"
_SURNAME_HEADS = "Var Ler Mau Bri Cha Dor Fou Gau Hur Jan Kel Mor Pas Rou Ser Tho Vil Bér Lé Cré"
_SURNAME_TAILS = (
    "bellon dicourt ganel vannier morin'ac taudel quenet sielle rivol bostin zac nouard"
)
_GIVEN = (
    "Camille Léa Hugo Inès Malo Zoé Théo Anaïs Noé Jade Loïc Maëlle Yanis Clémence Basile Élise"
    " Gaspard Noémie Marius Salomé Aya Ravi Greta Nils Paola Iker Maud Oscar Selma Timo"
)
_FORMS = (
    ("{0}", 44),
    ("{0} SAS", 12),
    ("{0} & Fils", 6),
    ("Groupe {0}", 8),
    ("L'Atelier {0}", 6),
    ("O'{0}", 4),
    ("Société {0}, SAS", 6),
    ("{0} {1}", 8),
    ("{0} GmbH", 3),
    ('{0} "Le Lab"', 2),
    ("Coopérative d'{0}", 1),
)
_PLAIN = str.maketrans("àâäéèêëîïôöùûüç", "aaaeeeeiioouuuc")


def slug(text: str) -> str:
    """Return lower-case ASCII letters and hyphens, for domains and mailboxes."""
    plain = text.lower().translate(_PLAIN)
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in plain)
    return "-".join(piece for piece in kept.split("-") if piece)


def base36(number: int) -> str:
    """Return a short text for a number, digits and lower-case letters."""
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while number:
        number, rest = divmod(number, 36)
        text = digits[rest] + text
    return text or "0"


HAND_WRITTEN = (
    range(990_000, 1_000_000),
    range(9_000_000, 10_000_000),
    range(99_000_000, 100_000_000),
)
"""The numbers that hand-written rows have as ids."""


def row_id(first: int, number: int) -> str:
    """Return the id of a table's generated row; its ids begin at `first`.

    They leap over the hand-written ones, which a hundred times as much data would reach.
    """
    key = first + number
    for taken in HAND_WRITTEN:
        if first < taken.start <= key:
            key += len(taken)
    return str(key)


def word(rng: Random) -> str:
    """Return one invented word such as Velorimont."""
    heads, middles, tails = _HEADS.split(), _MIDDLES.split(), _TAILS.split()
    return rng.choice(heads) + rng.choice(middles) + rng.choice(tails)


def company(rng: Random) -> str:
    """Return a company name; some carry accents, apostrophes, commas or quotes."""
    form = rng.choices([form for form, _ in _FORMS], [weight for _, weight in _FORMS])[0]
    return form.format(word(rng), word(rng))


def person(rng: Random) -> tuple[str, str]:
    """Return a given name and an invented surname."""
    surname = rng.choice(_SURNAME_HEADS.split()) + rng.choice(_SURNAME_TAILS.split())
    return rng.choice(_GIVEN.split()), surname
