"""Words of closed lists, in English and French."""

from __future__ import annotations

from typing import Any, Literal

Language = Literal["en", "fr"]

# Why a figure has no value.
NULL_REASONS = {
    "no_source": (
        "An input table that it needs is missing, or says nothing of it.",
        "Une table source nécessaire manque, ou n’en dit rien.",
    ),
    "zero_denominator": ("There is nothing to divide by.", "Il n’y a rien à quoi rapporter."),
    "too_few": (
        "There are too few cases to compute it.",
        "Il y a trop peu de cas pour le calculer.",
    ),
    "costs_not_known": (
        "The books of the period are not complete.",
        "La comptabilité de la période n’est pas complète.",
    ),
    "not_yet": (
        "It needs a longer past than the data have.",
        "Il faut un passé plus long que celui des données.",
    ),
    "period_over": (
        "It only looks ahead, and the period is over.",
        "Il ne regarde que l’avenir, et la période est terminée.",
    ),
    "no_burn": (
        "More came in than was spent: no money was burnt.",
        "Il est entré plus d’argent qu’il n’en a été dépensé : rien n’a été brûlé.",
    ),
    "no_growth": (
        "Money was burnt, and recurring revenue did not grow.",
        "De l’argent a été brûlé sans que le revenu récurrent augmente.",
    ),
}

# In which unit a value is.
UNITS = {
    "amount": ("an amount in the reporting currency", "un montant dans la devise du rapport"),
    "count": ("a number", "un nombre"),
    "share": ("a share from 0 to 1: 0.25 is 25 %", "une part de 0 à 1 : 0,25 vaut 25 %"),
    "ratio": ("a ratio", "un rapport"),
    "days": ("days", "jours"),
    "months": ("months", "mois"),
    "years": ("years", "ans"),
    "points": ("points from -100 to 100", "points de -100 à 100"),
    "score": ("a score", "un score"),
    "seconds": ("seconds", "secondes"),
}

PROVISIONAL = (
    "Provisional: the period is not over, a cohort has not had its time, or a table is late. "
    "Do not compare it yet.",
    "Provisoire : la période n’est pas terminée, une cohorte n’a pas eu son temps, ou une table "
    "est en retard. Ne pas comparer encore.",
)

MESSAGES = {
    "kpi": ("{asked} is not defined here.", "{asked} n’est pas défini ici."),
    "several": (
        "{asked} is the name of several KPIs: ask for one of them.",
        "{asked} désigne plusieurs indicateurs : demandez l’un d’eux.",
    ),
    "variant": (
        "{kpi} has no variant {asked}; these are all.",
        "{kpi} n’a pas de variante {asked} ; les voici toutes.",
    ),
    "cut": (
        "{kpi} is not cut by {asked}; these are its cuts.",
        "{kpi} n’est pas découpé par {asked} ; voici ses axes.",
    ),
    "combined": (
        "{asked} cannot be combined with other cuts; these can.",
        "{asked} ne se croise pas avec d’autres axes ; ceux-ci le peuvent.",
    ),
    "segment": (
        "{cut} has no segment {asked}; these are the nearest.",
        "{cut} n’a pas de segment {asked} ; voici les plus proches.",
    ),
    "grain": (
        "{kpi} has no values by {asked}; these are its periods.",
        "{kpi} n’a pas de valeurs par {asked} ; voici ses périodes.",
    ),
    "period": (
        "{asked} is no period that is known; write it like one of these.",
        "{asked} n’est pas une période connue ; écrivez-la comme l’une de celles-ci.",
    ),
    "fiscal": (
        "The fiscal year does not begin in January: name {asked} by its first day, and the grain.",
        "L’exercice ne commence pas en janvier : nommez {asked} par son premier jour, "
        "avec la durée.",
    ),
    "one_period": (
        "{asked} are several periods: ask for one.",
        "{asked} : plusieurs périodes ; demandez-en une seule.",
    ),
    "no_rows": (
        "Nothing was counted there: no row has this period and these segments.",
        "Rien n’a été compté là : aucune ligne n’a cette période et ces segments.",
    ),
    "no_drivers": (
        "No parts by segment are known for this period, variant and cut.",
        "Aucune part par segment n’est connue pour cette période, cette variante et cet axe.",
    ),
    "too_long": (
        "The answer took longer than {asked} seconds and was given up: ask for one period, or for "
        "fewer cuts.",
        "La réponse a pris plus de {asked} secondes et a été abandonnée : demandez une seule "
        "période, ou moins d’axes.",
    ),
    "not_published": (
        "There is no published file that can be read: run `make build`.",
        "Aucun fichier publié n’est lisible : lancez `make build`.",
    ),
}


def said(pair: tuple[str, str], language: Language) -> str:
    """Return the words of a pair in a language."""
    return pair[language == "fr"]


def message(key: str, language: Language, **names: object) -> str:
    """Return a message with the names that it is about."""
    return said(MESSAGES[key], language).format(**names)


class NotAnsweredError(Exception):
    """A question that has no answer here: what is said instead of one."""

    def __init__(self, status: str, message: str, **more: Any) -> None:  # noqa: ANN401
        super().__init__(message)
        self.answer = {"status": status, "message": message, **more}
