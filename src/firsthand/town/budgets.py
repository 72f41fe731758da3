"""Six budgets, each in its country's money and words. Shops, banks and services are invented."""

from firsthand.town.spending import Budget, Shop, Standing


def _shops(*rows: tuple[str, str, int, int, int]) -> tuple[Shop, ...]:
    return tuple(
        Shop(name=name, text=text, percent=percent, low=low, high=high)
        for name, text, percent, low, high in rows
    )


GERMAN = Budget(
    currency="EUR",
    standing=(
        Standing(name="Stadtbibliothek Lindenau", text="Gehalt {month}", day=28, cents=264_310),
        Standing(name="Hausverwaltung Brandt", text="Miete Wohnung 3.OG", day=1, cents=-74_500,
                 rises=((14, -77_900),)),
        Standing(name="Stadtstrom Mitte", text="Abschlag Strom", day=5, cents=-6_100,
                 rises=((11, -7_200),)),
        Standing(name="Funkhaus Mobil", text="Rechnung {month} Mobilfunk", day=12, cents=-2_199,
                 rises=((9, -2_499),)),
        Standing(name="Kraftraum Süd", text="Beitrag {month}", day=3, cents=-2_990, skips=(12,)),
        Standing(name="Tonkiste Musik", text="Abo Premium", day=17, cents=-1_099),
        Standing(name="Haftpflicht Union", text="Jahresbeitrag Haftpflicht", day=8, cents=-6_840,
                 months=12, first=3, rises=((15, -7_290),)),
    ),
    shops=_shops(
        ("Marktfrisch", "Kartenzahlung Marktfrisch {place} Leipzig {day}", 32, 900, 6_400),
        ("Bäckerei Hollerbusch", "Kartenzahlung {day}", 24, 180, 890),
        ("Drogerie Sanft", "Kartenzahlung Sanft {place} {day}", 8, 420, 3_100),
        ("Stadtwerke Bus und Bahn", "Einzelfahrt App", 9, 320, 640),
        ("Buchhandlung Lesart", "Kartenzahlung {day}", 4, 1_000, 4_600),
        ("Pizzeria Da Enzo", "Kartenzahlung {day}", 6, 1_150, 3_800),
    ),
)  # fmt: skip

IRISH = Budget(
    currency="EUR",
    standing=(
        Standing(name="Payroll", text="QUAYSIDE LOGISTICS PAYROLL", day=31,
                 cents=341_275),
        Standing(name="Rent", text="STANDING ORDER MRS D FALLON RENT", day=1, cents=-128_000),
        Standing(name="Power", text="DIRECT DEBIT GREENWAVE ENERGY", day=16, cents=-11_400,
                 wobble=2_600),
        Standing(name="Phone", text="DIRECT DEBIT LARKLINE MOBILE", day=9, cents=-3_000),
        Standing(name="Stream", text="CARD PURCHASE STREAMHAUS.TV", day=4, cents=-899,
                 rises=((10, -1_099), (19, -1_299))),
        Standing(name="Music", text="CARD PURCHASE TUNEBARREL FAMILY", day=11, cents=-1_499,
                 rises=((17, -1_799),)),
        Standing(name="Cloud", text="CARD PURCHASE NIMBUSBOX STORAGE", day=21, cents=-299,
                 rises=((15, -399),)),
        Standing(name="News", text="CARD PURCHASE THE EVENING LEDGER DIGITAL", day=6, cents=-1_000),
        Standing(name="Gym", text="DIRECT DEBIT IRONDOCK GYM", day=2, cents=-3_900, skips=(8,)),
        Standing(name="Games", text="CARD PURCHASE PIXELPASS", day=24, cents=-1_299),
        Standing(name="Meals", text="CARD PURCHASE FORKFUL MEAL BOX", day=14, cents=-4_550),
        Standing(name="Language", text="CARD PURCHASE PARLOVIA", day=19, cents=-8_399, months=12,
                 first=1),
        Standing(name="Audiobooks", text="CARD PURCHASE HEARSAY AUDIOBOOKS", day=27, cents=-999),
        Standing(name="Insurance", text="DIRECT DEBIT SHANNONSIDE INSURANCE", day=7,
                 cents=-48_215, months=12, first=4),
    ),
    shops=_shops(
        ("Groceries", "POS GREENGATE FOODS {place} DUBLIN", 30, 1_100, 7_900),
        ("Coffee", "CONTACTLESS KETTLE AND BEAN", 38, 320, 890),
        ("Pub", "POS THE HERON AND HAT", 12, 640, 4_200),
        ("Fuel", "POS OAKBRIDGE ROAD FUELS {place}", 7, 3_000, 7_200),
        ("Bus", "CONTACTLESS CITY BUS TOP UP", 10, 1_000, 2_000),
        ("Takeaway", "CARD PURCHASE DISHDASH ORDER", 11, 1_400, 4_100),
    ),
)  # fmt: skip

PORTUGUESE = Budget(
    currency="EUR",
    standing=(
        Standing(name="Escola", text="TRANSFERENCIA DE ESCOLA DE MUSICA VENCIMENTO", day=27,
                 cents=168_450),
        Standing(name="Renda", text="TRANSFERENCIA A RENDA CASA FOZ", day=2, cents=-62_000),
        Standing(name="Luz", text="DD LUZ DO DOURO ENERGIA", day=18, cents=-5_480, wobble=1_400),
        Standing(name="Telefone", text="DD TELEMAR SUL", day=10, cents=-399,
                 rises=((12, -449),)),
        Standing(name="Ginasio", text="DD GINASIO MARE ALTA", day=3, cents=-2_490, skips=(11,)),
        Standing(name="Piano", text="DD AFINADOR PIANOS TRIMESTRAL", day=15, cents=-4_500,
                 months=3),
        Standing(name="Seguro", text="DD SEGUROS ATLANTICA", day=6, cents=-21_330,
                 months=12, first=2),
    ),
    shops=_shops(
        ("Super", "COMPRA MERCADO DA FOZ {place} PORTO", 34, 700, 5_200),
        ("Cafe", "COMPRA PASTELARIA ESTRELA", 40, 90, 640),
        ("Metro", "COMPRA METRO TITULOS", 8, 1_000, 3_000),
        ("Peixe", "COMPRA PEIXARIA BEATRIZ", 8, 800, 2_600),
        ("Livros", "COMPRA LIVRARIA CAIS", 4, 900, 3_100),
    ),
)  # fmt: skip

POLISH = Budget(
    currency="PLN",
    opening=512_000,
    standing=(
        Standing(name="Stocznia Remontowa Bryza", text="Wynagrodzenie {month}", day=10,
                 cents=784_200),
        Standing(name="Spółdzielnia Neptun", text="Czynsz {month}", day=5, cents=-142_000,
                 rises=((13, -151_500),)),
        Standing(name="Prąd Pomorze", text="Faktura za prąd", day=20, cents=-18_900, months=2,
                 wobble=3_800),
        Standing(name="Halo Wybrzeże", text="Abonament telefon", day=14, cents=-4_500,
                 rises=((10, -5_000),)),
        Standing(name="Basen Fala", text="Karnet {month}", day=4, cents=-12_900, skips=(7, 8)),
        Standing(name="Ubezpieczenia Latarnia", text="Polisa roczna OC", day=12, cents=-98_700,
                 months=12, first=5, rises=((17, -104_200),)),
    ),
    shops=_shops(
        ("Sklep Kłos", "Płatność kartą Kłos {place} Gdańsk", 36, 1_800, 19_000),
        ("Piekarnia Bułeczka", "Płatność kartą", 30, 450, 2_600),
        ("Bar Mleczny Mewa", "Płatność kartą", 14, 1_600, 4_900),
        ("Tramwaje Gdańskie", "Bilet", 14, 480, 960),
        ("Apteka Pod Żurawiem", "Płatność kartą {place}", 5, 1_200, 9_500),
    ),
)  # fmt: skip

AMERICAN = Budget(
    currency="USD",
    standing=(
        Standing(name="CASCADIA PRINT CO", text="PAYROLL DIRECT DEP", day=15, cents=214_862),
        Standing(name="CASCADIA PRINT CO PAYROLL", text="PAYROLL DIRECT DEP", day=31,
                 cents=214_862),
        Standing(name="ALDER STREET APTS", text="RENT UNIT 12", day=1, cents=-148_500),
        Standing(name="ROSE CITY POWER", text="ELECTRIC BILL", day=19, cents=-8_900, wobble=2_100),
        Standing(name="PINECREST WIRELESS", text="AUTOPAY", day=8, cents=-4_500,
                 rises=((14, -5_000),)),
        Standing(name="STUMPTOWN CLIMBING", text="MEMBERSHIP", day=3, cents=-7_200, skips=(6,)),
        Standing(name="CRATE DIGGERS VINYL CLUB", text="MONTHLY BOX", day=22, cents=-3_400),
        Standing(name="CASCADE MUTUAL AUTO", text="ANNUAL PREMIUM", day=11, cents=-71_400,
                 months=12, first=2, rises=((14, -78_900),)),
    ),
    shops=_shops(
        ("GREENLEAF MARKET", "PURCHASE {place} PORTLAND OR", 30, 900, 9_400),
        ("COFFEE CART 23", "PURCHASE", 36, 400, 1_150),
        ("FOOD POD NORTH", "PURCHASE {place}", 16, 900, 3_200),
        ("COLUMBIA GAS", "FUEL {place}", 7, 2_800, 6_100),
        ("PAGE TURNER BOOKS", "PURCHASE", 6, 1_100, 4_800),
    ),
)  # fmt: skip

DUTCH = Budget(
    currency="EUR",
    standing=(
        Standing(name="Waterschap Oost", text="Salaris {month}", day=24, cents=298_120),
        Standing(name="Woningstichting De Linde", text="Huur {month}", day=1, cents=-91_240,
                 rises=((12, -95_000),)),
        Standing(name="Windvogel Energie", text="Termijnbedrag", day=6, cents=-13_500,
                 rises=((8, -14_800),)),
        Standing(name="Belmaat", text="Abonnement {month}", day=13, cents=-2_750,
                 rises=((11, -2_950),)),
        Standing(name="Klimhal De Kraan", text="Gezinsabonnement", day=2, cents=-5_400,
                 skips=(10,)),
        Standing(name="Bibliotheek Domstad", text="Jaarabonnement", day=9, cents=-5_600,
                 months=12, first=2),
        Standing(name="Zorgkompas", text="Premie {month}", day=28, cents=-14_275,
                 rises=((16, -15_150),)),
    ),
    shops=_shops(
        ("Buurtsuper Jansen", "Betaalautomaat {place} Utrecht {day}", 36, 800, 8_800),
        ("Kaasboer Piet", "Betaalautomaat {day}", 10, 600, 2_900),
        ("Fietsenmaker Snel", "Betaalautomaat {day}", 3, 900, 8_500),
        ("Treinkaartje App", "Online betaling", 10, 260, 2_480),
        ("Speelgoed Zolder", "Betaalautomaat {place}", 4, 700, 4_200),
    ),
)  # fmt: skip
