"""Statements in scripts and encodings of Asia: what stands in them is read as it was meant."""

import io

import pytest

from firsthand.vault.sources import Row, open_export

Expected = list[tuple[str, str, str]]

CASES: dict[str, tuple[str, str, Expected]] = {
    "japan, no kana": (
        "cp932",
        (
            "日付,内容,出金金額,入金金額,残高\n"
            '2025年1月27日,口座振替 東京電力,"8,010",,"99,999"\n'
            '2025年2月25日,給与,,"250,000","349,999"\n'
        ),
        [("2025-01-27", "-8010.00", "東京電力"), ("2025-02-25", "250000.00", "給与")],
    ),
    "china": (
        "gb18030",
        (
            "交易日期,摘要,支出,收入,余额\n"
            "2025-01-05,中国移动 话费,58.00,,1000.00\n"
            "2025-01-15,工资,,9000.00,10000.00\n"
        ),
        [("2025-01-05", "-58.00", "中国移动"), ("2025-01-15", "9000.00", "工资")],
    ),
    "taiwan": (
        "big5",
        (
            "交易日期,摘要,支出,存入,餘額\n"
            "2025/01/05,中華電信,499,,10000\n"
            "2025/01/15,薪資,,40000,50000\n"
        ),
        [("2025-01-05", "-499.00", "中華電信"), ("2025-01-15", "40000.00", "薪資")],
    ),
    "korea": (
        "cp949",
        (
            "거래일자,적요,출금액,입금액,잔액\n"
            '2025.01.05,통신요금,"55,000",,"1,000,000"\n'
            '2025.01.15,급여,,"3,000,000","4,000,000"\n'
        ),
        [("2025-01-05", "-55000.00", "통신요금"), ("2025-01-15", "3000000.00", "급여")],
    ),
    "arabic figures": (
        "utf-8",
        "Date,Description,Amount\n٢٠٢٥/٠١/١٥,STC,-\u061c١٬٢٩٩٫٥٠\n٢٠٢٥/٠٢/١٥,راتب,٩٬٠٠٠٫٠٠\n",
        [("2025-01-15", "-1299.50", "STC"), ("2025-02-15", "9000.00", "راتب")],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_statement_in_another_script(name: str) -> None:
    encoding, text, expected = CASES[name]
    export = open_export("statement.csv", io.BytesIO(text.encode(encoding)), {})
    assert export.questions == []
    rows = [row for row in export.rows() if isinstance(row, Row)]
    found = []
    for (day, _, has), row in zip(expected, rows, strict=True):
        sign = "-" if row.thing.type == "PayAction" else ""
        named = f"{row.thing.name} {row.thing.data.get('description', '')}"
        assert has in named
        found.append((row.thing.time, f"{sign}{row.thing.data['price']}"))
        assert day
    assert found == [(day, amount) for day, amount, _ in expected]
