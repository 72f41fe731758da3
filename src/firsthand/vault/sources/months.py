"""Names of the months in the languages that exports are written in, without accents."""

_NAMES = """
january jan januar janner jan. janvier janv gennaio gen enero ene janeiro januari styczen stycznia
sty ianuarie ian leden ledna led janeir tammikuu tammikuuta tammi ocak oca januarja sijecanj
|february feb februar feber fevrier fevr fev febbraio febrero fevereiro februari luty lutego lut
februarie unor unora uno helmikuu helmikuuta helmi subat sub veljaca februarja
|march mar marz maerz mrz mars marzo março marco maart mrt marzec marca marts martie brezen
brezna bre maaliskuu maaliskuuta maalis mart marcius marc ozujak
|april apr avril avr aprile abril abr kwiecien kwietnia kwi aprilie duben dubna dub huhtikuu
huhtikuuta huhti nisan nis aprilis travanj apri
|may mai maggio mag mayo mei maj maja kveten kvetna kve toukokuu toukokuuta touko mayis majus maio
svibanj
|june jun juni juin giugno giu junio junho czerwiec czerwca cze iunie iun cerven cervna cer
kesakuu kesakuuta kesa haziran haz junius lipanj
|july jul juli juillet juil luglio lug julio julho lipiec lipca lip iulie iul cervenec cervence
heinakuu heinakuuta heina temmuz tem julius srpanj
|august aug aout agosto ago augustus augusti sierpien sierpnia sie srpen srpna srp elokuu elokuuta
elo agustos augusztus kolovoz
|september sep sept septembre settembre set septiembre setiembre setembro wrzesien wrzesnia wrz
septembrie zari syyskuu syyskuuta syys eylul eyl szeptember szept rujan
|october oct oktober okt octobre ottobre ott octubre outubro out pazdziernik pazdziernika paz
octombrie rijen rijna rij lokakuu lokakuuta loka ekim eki listopada
|november nov novembre noviembre novembro listopad lis noiembrie noi listopadu marraskuu
marraskuuta marras kasim kas studeni
|december dec dezember dez decembre dicembre dic diciembre dezembro desember des grudzien grudnia
gru decembrie prosinec prosince pro joulukuu joulukuuta joulu aralik ara prosinac
"""

MONTHS: dict[str, int] = {
    word: number for number, names in enumerate(_NAMES.split("|"), 1) for word in names.split()
}
"""Word to month, 1 to 12."""

# In Polish "listopada" is November; the Croatian October is rarer in exports.
MONTHS["listopada"] = 11

_NO_MEANING_WORDS = """
de del of the den der le la el du di do da st nd rd th er e o a ta ta. r god mon tue tues
wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday mo
mi fr sa so montag dienstag mittwoch donnerstag freitag samstag sonntag
"""
NO_MEANING = frozenset(_NO_MEANING_WORDS.split())
"""Words around a date that say nothing about it."""
