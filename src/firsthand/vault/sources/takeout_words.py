"""What Google's activities begin and end with, in the languages of its exports.

"Watched X" is "X angesehen" in German and "Vous avez regardé X" in French. `Meanings` says what
was done and to what; what it does not know comes out whole, and its address says the rest.
"""

import re
from functools import lru_cache

from firsthand.vault.sources.patterns import later

_VERBS = {
    "watched": (
        "Watched *", "* angesehen", "Angesehen: *", "Angesehen *", "Vous avez regardé *",
        "Vous avez visionné *", "Visionné *", "A regardé *", "Hai guardato *", "Ha guardato *",
        "Hai visto *", "Has visto *", "Ha visto *", "Viste *", "Você assistiu a *",
        "Você assistiu *", "Assistiu a *", "Assistiu *", "Viu *", "Je hebt * bekeken",
        "Je hebt naar * gekeken", "* bekeken", "Bekeken: *", "Je hebt gekeken naar *",
        "Gekeken naar *", "Visto: *", "Guardato: *", "Visionado: *", "Assistido: *",
        "Tittade på *", "Så på *", "Obejrzano: *", "Obejrzano *", "Просмотрено видео *",
        "* adlı videoyu izlediniz", "* を視聴しました", "* katsottiin", "Zhlédli jste video *",
        "Ați vizionat *", "Megtekintette a következőt: *", "Ви дивилися відео *",
        "Παρακολουθήσατε το βίντεο *", "Гледахте *", "* 을(를) 시청했습니다.",
    ),
    "searched": (
        "Searched for *", "Searched *", "Nach * gesucht", "Gesucht nach: *", "Gesucht nach *",
        "Suche nach *", "Vous avez recherché *", "A recherché *", "Recherche de *",
        "Recherche : *", "Hai cercato *", "Ha cercato *", "Ricerca di *", "Has buscado *",
        "Buscaste *", "Búsqueda de *", "Busca por *", "Ha buscado *", "Você pesquisou *",
        "Pesquisou por *", "Pesquisou *", "Pesquisa por *", "Je hebt gezocht naar *",
        "Gezocht naar *", "Je hebt naar * gezocht", "Sökte efter *", "Søgte efter *",
        "Søkte etter *", "Wyszukano: *", "Szukano: *", "* を検索しました", "* için arama yapıldı",
        "Вы искали: *",
    ),
    "said": (
        "Said *", "* gesagt", "Vous avez dit *", "Hai detto *", "Has dicho *", "Dijiste *",
        "Você disse *", "Disse *", "Je hebt * gezegd", "Asked *", "Prompted *",
    ),
    "liked": (
        "Liked *", "* positiv bewertet", "Mag ich: *", "Vous avez aimé *", "A aimé *",
        "Hai messo Mi piace a *", "Ti è piaciuto *", "Has indicado que te gusta *",
        "Te ha gustado *", "Te gustó *", "Gostou de *", "Marcou como gostei *", "Je vond * leuk",
        "Je hebt * leuk gevonden",
    ),
    "disliked": (
        "Disliked *", "* negativ bewertet", "Mag ich nicht: *", "Vous n'avez pas aimé *",
        "Non ti è piaciuto *", "No te ha gustado *", "Não gostou de *", "Je vond * niet leuk",
    ),
    "followed": (
        "Subscribed to *", "* abonniert", "Vous vous êtes abonné à *", "Vous êtes abonné à *",
        "S'est abonné à *", "Hai effettuato l'iscrizione a *", "Ti sei iscritto a *",
        "Te has suscrito a *", "Te suscribiste a *", "Inscreveu-se em *",
        "Você se inscreveu em *", "Subscreveu *", "Je hebt je geabonneerd op *",
        "Geabonneerd op *",
    ),
    "visited": (
        "Visited *", "* besucht", "* aufgerufen", "Vous avez consulté *", "Vous avez visité *",
        "A consulté *", "Consultation de *", "Hai visitato *", "Ha visitato *", "Has visitado *",
        "Visitaste *", "Você visitou *", "Visitou *", "Visita a *", "Je hebt * bezocht",
        "* bezocht", "Besökte *", "Odwiedzono: *", "* にアクセスしました", "Accessed *",
    ),
    "viewed": (
        "Viewed *", "Explored *", "Looked at *", "* betrachtet", "* angezeigt", "Vous avez vu *",
        "Vous avez affiché *", "Affichage de *", "Hai visualizzato *", "Visualizzato *",
        "Has mirado *", "Has consultado *", "Visualizou *", "Você visualizou *",
        "Je hebt * weergegeven", "Weergegeven: *",
    ),
    "used": (
        "Used *", "* verwendet", "* genutzt", "Vous avez utilisé *", "Utilisation de *",
        "Hai utilizzato *", "Hai usato *", "Has utilizado *", "Has usado *", "Usaste *",
        "Você usou *", "Usou *", "Utilizou *", "Je hebt * gebruikt", "* gebruikt",
    ),
    "went": (
        "Directions to *", "Wegbeschreibung nach *", "Route nach *", "Routen nach *",
        "Itinéraire vers *", "Itinéraires vers *", "Indicazioni per *",
        "Indicazioni stradali per *", "Indicaciones para llegar a *", "Cómo llegar a *",
        "Rotas para *", "Trajeto para *", "Direções para *", "Routebeschrijving naar *",
        "Route naar *",
    ),
}  # fmt: skip
_AD_WORDS = (
    r"(?:ads|anzeigen|werbung|werbeprogrammen?|annonces?|annunci|pubblicit\w+|anuncios|an[uú]ncios|"
    r"publicidad\w*|advertenties|annonser|reklam\w*|广告|広告)"
)
_AD = later(
    rf"google[\W_]{{0,2}}{_AD_WORDS}|{_AD_WORDS}(?:\s+(?:de|do|di|da|von|van|från|af))?\s+google",
    re.IGNORECASE,
)
_QUOTES = frozenset({'""', "„“", "“”", "«»", "''", "””", "「」"})
_TOPIC = later(r"\s+[-–]\s+(?:Topic|Thema|Tema|Thème|Sujet|Argomento|Tópico|Onderwerp)$")
_FORMS = [
    (verb, *form.casefold().split("*"))
    for verb, forms in _VERBS.items()
    for form in sorted(forms, key=len, reverse=True)
]

# What it says was done, what stands before and what behind, how long both are, and both.
_Form = tuple[str, str, str, int, str]


@lru_cache(maxsize=1 << 14)
def _candidates(start: str, end: str) -> tuple[_Form, ...]:
    """The forms that a text with these first three signs and last two can have."""
    return tuple(
        (verb, before, after, len(before) + len(after), f"{before}*{after}")
        for verb, before, after in _FORMS
        if (not before or before.startswith(start) or start.startswith(before))
        and (not after or after.endswith(end) or end.endswith(after))
    )


class Meanings:
    """What the titles of one file mean. A file is in one language: a form that it has used counts.

    "Watched X angesehen" is a German title in an English file, and an English one in a German file.
    """

    def __init__(self) -> None:
        """Nothing read yet."""
        self._used: dict[str, int] = {}

    def of(self, title: str, likely: str = "") -> tuple[str, str]:
        """What was done and to what: ("watched", "Dark"). ("", the title) where it is not known.

        `likely` is what was done by all other evidence.
        """
        if not title.isascii():
            title = title.replace("\u00a0", " ").replace("\u202f", " ")
        title = title.strip()
        low = title.casefold()
        if len(low) != len(title):
            return "", title
        used, size = self._used, len(low)
        best: _Form | None = None
        for form in _candidates(low[:3], low[-2:]):
            _, before, after, taken, _ = form
            if (
                size > taken
                and low.startswith(before)
                and low.endswith(after)
                and (not best or self._rank(form, likely) > self._rank(best, likely))
            ):
                best = form
        if best is None:
            return "", title
        verb, before, after, _, whole = best
        what = title[len(before) : size - len(after)].strip()
        if not what:
            return "", title
        used[whole] = used.get(whole, 0) + 1
        return verb, what

    def _rank(self, form: _Form, likely: str) -> tuple[bool, int, int]:
        verb, _, _, taken, whole = form
        return verb == likely, self._used.get(whole, 0), taken


def unquoted(text: str) -> str:
    """A text without the quotes that some languages put around it."""
    if len(text) > 2 and text[0] + text[-1] in _QUOTES:
        return text[1:-1].strip()
    return text


@lru_cache(maxsize=1 << 8)
def is_advert(detail: str) -> bool:
    """Whether a detail says that it came from Google's advertisements."""
    return _AD.search(detail) is not None


def artist_of(channel: str) -> str:
    """The artist that a channel of music is about: "Sault - Topic" is Sault."""
    return _TOPIC.sub("", channel)
