"""The encoding of tables in twenty languages, short and long, is guessed right, or the doubt is said."""

import codecs
import random

import pytest

from app.ingest.job import IngestError, IngestErrorCode
from app.ingest.text.encoding import guess_narrow
from tests.ingest.conftest import Reading

# Header, people, places, remarks.
LANGUAGES = {
    "ja": (
        "銀行名,口座名義,金額,摘要",
        "山田太郎 | 佐藤花子 | 鈴木一郎 | 高橋健太 | 田中美咲 | 伊藤さくら | 渡辺直樹 | 小林真由美",
        "東京都 | 大阪市北区 | 名古屋市 | 福岡県福岡市 | さいたま市 | 横浜市中区 | 札幌市 | 神戸市",
        "三菱UFJ銀行 | 株式会社山本商店 | みずほ銀行 | ラーメン一番 | コンビニエンスストア | お振込み | 給与 | 水道料金",
    ),
    "ja-half": (
        "銀行名,口座名義,金額",
        "ﾔﾏﾀﾞ ﾀﾛｳ | ｻﾄｳ ﾊﾅｺ | ｽｽﾞｷ ｲﾁﾛｳ | ｶ)ﾔﾏﾓﾄｼﾖｳﾃﾝ | ﾀﾅｶ ﾐｻｷ",
        "三菱UFJ | みずほ | 三井住友 | りそな | ゆうちょ",
        "ﾌﾘｺﾐ | ｷﾕｳﾖ | ｽｲﾄﾞｳﾘﾖｳ | ﾃﾞﾝｷﾀﾞｲ",
    ),
    "zh-CN": (
        "姓名,城市,部门,备注",
        "张伟 | 王芳 | 李娜 | 刘洋 | 陈静 | 杨敏 | 赵磊 | 黄秀英",
        "北京 | 上海市 | 广州 | 深圳 | 成都 | 杭州 | 武汉市 | 西安",
        "销售部 | 技术支持 | 人力资源 | 已付款 | 未处理 | 产品质量问题 | 客户反馈很好 | 订单取消",
    ),
    "zh-TW": (
        "姓名,城市,部門,備註",
        "陳怡君 | 林志明 | 黃淑芬 | 張家豪 | 李美玲 | 王建國 | 吳雅婷 | 劉俊傑",
        "台北市 | 高雄市 | 台中市 | 新竹縣 | 台南 | 桃園市 | 基隆 | 花蓮縣",
        "業務部 | 技術支援 | 人力資源 | 已付款 | 未處理 | 產品品質問題 | 客戶反應很好 | 訂單取消",
    ),
    "ko": (
        "이름,도시,부서,비고",
        "김철수 | 이영희 | 박지민 | 최민호 | 정수진 | 강다은 | 조현우 | 윤서연",
        "서울특별시 | 부산 | 대구광역시 | 인천 | 광주 | 대전 | 울산 | 제주도",
        "영업부 | 기술 지원 | 인사팀 | 결제 완료 | 처리 중 | 제품 품질 문제 | 고객 만족 | 주문 취소",
    ),
    "ru": (
        "Имя,Город,Отдел,Примечание",
        "Иван | Мария | Алексей Петров | Ольга Сидорова | Дмитрий | Екатерина | Сергей | Наталья",
        "Москва | Санкт-Петербург | Новосибирск | Екатеринбург | Казань | Самара | Омск | Ростов-на-Дону",
        "Продажи | Бухгалтерия | оплачено | в обработке | качество товара | отмена заказа | Склад | срочно",
    ),
    "el": (
        "Όνομα,Πόλη,Τμήμα,Σημείωση",
        "Γιώργος | Μαρία | Νίκος Παπαδόπουλος | Ελένη | Δημήτρης | Κατερίνα | Κώστας | Σοφία",
        "Αθήνα | Θεσσαλονίκη | Πάτρα | Ηράκλειο | Λάρισα | Βόλος | Ιωάννινα | Χανιά",
        "Πωλήσεις | Λογιστήριο | πληρωμένο | σε εξέλιξη | ποιότητα προϊόντος | ακύρωση παραγγελίας | Αποθήκη | επείγον",
    ),
    "pl": (
        "Imię,Miasto,Dział,Uwagi",
        "Łukasz Wiśniewski | Małgorzata | Paweł | Agnieszka Wójcik | Zażółć | Grażyna | Michał Dąbrowski | Krystyna",
        "Łódź | Kraków | Gdańsk | Poznań | Wrocław | Białystok | Częstochowa | Toruń",
        "Sprzedaż | Księgowość | opłacone | w trakcie | jakość produktu | anulowane zamówienie | Magazyn | pilne",
    ),
    "cs": (
        "Jméno,Město,Oddělení,Poznámka",
        "Tomáš Dvořák | Jiří | Lukáš Novák | Kateřina Černá | Věra | Zdeněk | Šárka | Ondřej",
        "Praha | Brno | Plzeň | Olomouc | České Budějovice | Hradec Králové | Ústí nad Labem | Zlín",
        "Prodej | Účetnictví | zaplaceno | vyřizuje se | kvalita výrobku | zrušená objednávka | Sklad | spěchá",
    ),
    "fr": (
        "Prénom,Ville,Service,Remarque",
        "Hélène | François | Jérôme | Anaïs | Benoît | Chloé | Zoé Lefèvre | Michel",
        "Nîmes | Orléans | Besançon | Saint-Étienne | Paris | Évry | Châteauroux | Lyon",
        "Comptabilité | payé | en attente | qualité du produit | commande annulée | à vérifier | Entrepôt | Très urgent",
    ),
    "de": (
        "Name,Stadt,Abteilung,Bemerkung",
        "Jürgen Müller | Käthe | Björn | Sören Weiß | Günther | Ute Schäfer | Anna | Jörg",
        "München | Köln | Düsseldorf | Nürnberg | Berlin | Würzburg | Göttingen | Lübeck",
        "Verkauf | Buchführung | bezahlt | in Prüfung | Qualität geprüft | Auftrag storniert | Straße gesperrt | größer",
    ),
    "es": (
        "Nombre,Ciudad,Sección,Observación",
        "José | María Núñez | Íñigo | Begoña | Ramón | Andrés Peña | Sofía | Joaquín",
        "Málaga | Córdoba | León | Cádiz | A Coruña | Logroño | Madrid | Mérida",
        "Almacén | Contabilidad | pagado | en tramitación | calidad | pedido cancelado | ¿urgente? | mañana",
    ),
    "tr": (
        "Ad,Şehir,Bölüm,Açıklama",
        "Ayşe | Mehmet Yılmaz | Çağlar | Şükrü | Gülşen Öztürk | İbrahim | Özgür | Işıl",
        "İstanbul | Eskişehir | Diyarbakır | Muğla | Şanlıurfa | Kırşehir | Ankara | Niğde",
        "Satış | Muhasebe | ödendi | işleniyor | ürün kalitesi | sipariş iptal | Depo | acil değil",
    ),
    "pt": (
        "Nome,Cidade,Seção,Observação",
        "João | Conceição | Antônio | Luísa | Inês | Sebastião | André | Márcia",
        "São Paulo | Brasília | Évora | Guimarães | Goiânia | Belém | Florianópolis | Curitiba",
        "Contabilidade | pago | em análise | não entregue | pedido cancelado | Armazém | até amanhã | ótimo",
    ),
    "sv": (
        "Namn,Stad,Avdelning,Anmärkning",
        "Åsa | Göran | Märta Sjöberg | Björn | Örjan | Pär | Annika | Håkan",
        "Malmö | Göteborg | Västerås | Örebro | Jönköping | Umeå | Luleå | Stockholm",
        "Försäljning | betald | pågår | kvalitet | avbeställd | Förråd | brådskande | på måndag",
    ),
    "da": (
        "Navn,By,Afdeling,Bemærkning",
        "Søren | Jørgen | Bjørn Sæther | Åse | Mette | Kåre | Lærke | Øystein",
        "København | Århus | Tromsø | Ålesund | Helsingør | Bodø | Næstved | Oslo",
        "Salg | Bogføring | betalt | under behandling | kvalitet på varen | ordre annulleret | Lager | på mandag",
    ),
    "hu": (
        "Név,Város,Osztály,Megjegyzés",
        "Győző | László | Kovács Erzsébet | Szűcs Ágnes | István | Ernő | Béla | Zsófia",
        "Győr | Pécs | Székesfehérvár | Szőlős | Debrecen | Érd | Kőszeg | Eger",
        "Értékesítés | Könyvelés | fizetve | folyamatban | minőség | törölt rendelés | Raktár | sürgős",
    ),
}
ENCODINGS = [
    ("ja", "cp932"),
    ("ja", "euc-jp"),
    ("ja-half", "cp932"),
    ("zh-CN", "gb18030"),
    ("zh-TW", "cp950"),
    ("ko", "cp949"),
    ("ru", "cp1251"),
    ("ru", "koi8-r"),
    ("ru", "cp866"),
    ("ru", "iso8859-5"),
    ("el", "cp1253"),
    ("el", "iso8859-7"),
    ("pl", "cp1250"),
    ("pl", "iso8859-2"),
    ("cs", "cp1250"),
    ("cs", "iso8859-2"),
    ("hu", "cp1250"),
    ("fr", "latin-1"),
    ("fr", "mac-roman"),
    ("de", "latin-1"),
    ("de", "cp850"),
    ("de", "mac-roman"),
    ("es", "latin-1"),
    ("tr", "cp1254"),
    ("pt", "latin-1"),
    ("sv", "latin-1"),
    ("da", "latin-1"),
    ("ja", "iso2022_jp"),
]


def table(language: str, rows: int, *, header: bool) -> str:
    """A table of that many rows; without a header it is names and places alone."""
    head, *columns = LANGUAGES[language]
    people, places, remarks = (column.split(" | ") for column in columns)
    chance = random.Random(f"{language}{rows}{header}")
    if not header:
        return "".join(f"{chance.choice(people)},{chance.choice(places)}\n" for _ in range(rows))
    return f"{head}\n" + "".join(
        f"{chance.choice(people)},{chance.choice(places)},{chance.randint(1, 99_999)},{chance.choice(remarks)}\n"
        for _ in range(rows)
    )


@pytest.mark.parametrize(("language", "encoding"), ENCODINGS)
def test_the_language_tells_the_encoding(language: str, encoding: str) -> None:
    for rows in (2, 10, 500) if encoding != "mac-roman" else (10, 500):
        for header in (True, False):
            text = table(language, rows, header=header)
            found = guess_narrow(text.encode(encoding))
            assert (text.encode(encoding).decode(found.encoding), rows, header) == (text, rows, header)
            if rows > 2 and encoding != "iso8859-2" and language != "hu":
                assert (found.warnings, rows, header) == ((), rows, header)


@pytest.mark.parametrize(
    ("line", "encoding"),
    [
        ("山田太郎,東京都\n", "cp932"),
        ("김철수,서울\n", "cp949"),
        ("Иван,Москва\n", "cp1251"),
        ("Γιώργος,Αθήνα\n", "cp1253"),
        ("张伟,北京\n", "gb18030"),
    ],
)
def test_hundreds_of_dense_lines_are_read(read: Reading, line: str, encoding: str) -> None:
    result = read((line * 500).encode(encoding))
    assert result.rows == [tuple(line.strip().split(","))] * 500
    assert (result.table.options.encoding, result.table.warnings) == (encoding, ())


def test_a_bank_export_in_half_width_katakana_is_japanese(read: Reading) -> None:
    result = read(("銀行名,口座名義,金額\n" + "三菱UFJ,ﾔﾏﾀﾞ ﾀﾛｳ,1\n" * 200).encode("cp932"))
    assert (result.names, result.table.options.encoding) == (["銀行名", "口座名義", "金額"], "cp932")
    assert result.rows == [("三菱UFJ", "ﾔﾏﾀﾞ ﾀﾛｳ", 1)] * 200


def test_escape_sequences_of_japanese_mail_are_read(read: Reading) -> None:
    result = read("名前,都市\n山田,東京\n".encode("iso2022_jp"))
    assert (result.names, result.rows, result.table.options.encoding) == (["名前", "都市"], [("山田", "東京")], "iso2022_jp")


def test_an_uncertain_encoding_is_said_with_samples_of_both_readings(read: Reading) -> None:
    result = read("id,name\n1,Ondřej\n2,Anna\n".encode("cp1250"))
    assert result.table.warnings == (
        (
            "The encoding is not certain: it was read as latin-1 ('Ondøej'); it may be cp1250 ('Ondřej'). "
            "If letters are wrong, name the encoding in the options."
        ),
    )
    assert read("id,name\n1,Ondřej\n2,Anna\n".encode("cp1250"), encoding="cp1250").table.warnings == ()


def test_the_doubt_is_said_of_json_too(read: Reading) -> None:
    result = read('[{"name": "Ondřej"}]'.encode("cp1250"))
    assert [warning[:30] for warning in result.table.warnings] == ["The encoding is not certain: i"]


def test_control_characters_are_no_latin_1(read: Reading) -> None:
    """0x81 is in no table of Western Europe."""
    result = read("番号,氏名\n1,ｱｲｳ\n".encode("cp932"))
    assert (result.names, result.rows) == (["番号", "氏名"], [(1, "ｱｲｳ")])


def test_one_damaged_character_is_named_by_its_line(read: Reading) -> None:
    good = table("ja", 200, header=True).encode("cp932")
    with pytest.raises(IngestError) as refused:
        read(good + b"\x81\x20,x,1,y\n")
    assert (refused.value.code, refused.value.line) == (IngestErrorCode.BAD_ENCODING, 202)
    assert codecs.lookup("cp932").name in refused.value.message
