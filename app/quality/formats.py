"""Well-known forms of text: each a pattern of RE2 for the whole value, a list of codes, or both a pattern and a calendar."""

from enum import StrEnum

from app.ingest.columns import literal


class Format(StrEnum):
    """A form that a text can have."""

    EMAIL = "EMAIL"
    URL = "URL"
    HOSTNAME = "HOSTNAME"
    IPV4 = "IPV4"
    IPV6 = "IPV6"
    UUID = "UUID"
    DATE = "DATE"
    TIME = "TIME"
    TIMESTAMP = "TIMESTAMP"
    COUNTRY = "COUNTRY"
    COUNTRY3 = "COUNTRY3"
    CURRENCY = "CURRENCY"
    PHONE = "PHONE"
    INTEGER = "INTEGER"
    NUMBER = "NUMBER"
    HEX_COLOUR = "HEX_COLOUR"


_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"{_BYTE}(?:\.{_BYTE}){{3}}"
_H = r"[0-9A-Fa-f]{1,4}"
_IPV6 = "|".join(
    [
        rf"(?:{_H}:){{7}}{_H}",
        rf"(?:{_H}:){{6}}{_IPV4}",
        *(rf"(?:{_H}:){{{before}}}(?::{_H}){{1,{7 - before}}}" for before in range(1, 7)),
        *(rf"(?:{_H}:){{{before}}}(?::{_H}){{0,{5 - before}}}:{_IPV4}" for before in range(1, 6)),
        rf":(?::{_H}){{1,7}}",
        rf":(?::{_H}){{0,5}}:{_IPV4}",
        rf"(?:{_H}:){{1,7}}:",
        "::",
    ]
)
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?"
_DAY = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"

_PATTERNS = {
    Format.EMAIL: rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+",
    Format.URL: rf"(?i:https?|ftp)://(?:[^\s/?#@]+@)?(?:{_LABEL}(?:\.{_LABEL})*|\[(?:{_IPV6})\])(?::[0-9]{{1,5}})?(?:[/?#]\S*)?",
    Format.HOSTNAME: rf"{_LABEL}(?:\.{_LABEL})*",
    Format.IPV4: _IPV4,
    Format.IPV6: _IPV6,
    Format.UUID: r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}",
    Format.DATE: _DAY,
    Format.TIME: _CLOCK,
    Format.TIMESTAMP: rf"{_DAY}[T ]{_CLOCK}(?:Z|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])?",
    Format.PHONE: r"\+[1-9][0-9]{6,14}",
    Format.INTEGER: r"[+-]?[0-9]+",
    Format.NUMBER: r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?",
    Format.HEX_COLOUR: r"#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})",
}


def _codes(text: str) -> tuple[str, ...]:
    return tuple(text.split())


COUNTRIES = _codes(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC
    CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD
    GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH
    KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW
    MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC
    SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY
    UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """
)
"""ISO 3166-1 alpha-2, 249 codes."""
COUNTRIES3 = _codes(
    """
    ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA BGD BGR BHR BHS BIH BLM BLR
    BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP
    CZE DEU DJI DMA DNK DOM DZA ECU EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB
    GNB GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL ISR ITA JAM JEY JOR JPN
    KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD
    MLI MLT MMR MNE MNG MNP MOZ MRT MSR MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN
    PCN PER PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM SLB SLE SLV SMR SOM
    SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR
    UMI URY USA UZB VAT VCT VEN VGB VIR VNM VUT WLF WSM YEM ZAF ZMB ZWE
    """
)
"""ISO 3166-1 alpha-3, 249 codes."""
CURRENCIES = _codes(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
    COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS
    INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP
    MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR
    SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV
    WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
    """
)
"""ISO 4217, currencies in circulation."""
_CODES = {Format.COUNTRY: COUNTRIES, Format.COUNTRY3: COUNTRIES3, Format.CURRENCY: CURRENCIES}


def pattern(format: Format) -> str:
    """The whole value matches it; one of codes matches nothing else."""
    return _PATTERNS.get(format) or "|".join(_CODES[format])


def has(value: str, format: Format) -> str:
    """Condition: the text `value`, an expression of SQL, has the form; NULL where it is absent."""
    matches = f"regexp_full_match({value}, {literal(pattern(format))})"
    if format in (Format.DATE, Format.TIMESTAMP):
        # The pattern knows no calendar: February has no 30th.
        return f"CASE WHEN {matches} THEN TRY_CAST(left({value}, 10) AS DATE) IS NOT NULL ELSE {matches} END"
    return matches
