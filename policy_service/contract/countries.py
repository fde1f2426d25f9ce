"""The two-letter country codes of ISO 3166-1, and the slips people make in them."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["COUNTRIES", "SLIPS", "country_named"]

_ASSIGNED = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK
FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR
IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK
ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF
TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""

COUNTRIES = frozenset({*_ASSIGNED.split(), "XK"})
"""Officially assigned codes, and Kosovo's, which ISO leaves to its users."""

SLIPS = {"UK": "GB", "EN": "GB", "EL": "GR", "JA": "JP", "KO": "KR", "ZH": "CN"}
"""Codes of languages or of habit, and the country meant."""

LOCALES = ("en", "zh_Hans")


def country_named(name: str) -> str | None:
    """The code of the country that has this name in English or Chinese.

    >>> country_named("china"), country_named("德国"), country_named("Chinatown")
    ('CN', 'DE', None)
    """
    # Only a mistake asks, and the names take memory that a process without mistakes need not hold.
    from babel import Locale

    wanted = name.strip().casefold()
    for locale in LOCALES:
        names: Mapping[str, str] = Locale.parse(locale).territories
        for code, known in names.items():
            if code in COUNTRIES and known.casefold() == wanted:
                return code
    return None
