"""Files as watches write them, made for tests: FIT by its bytes, GPX and TCX by their words."""

import datetime
import struct
from collections.abc import Iterable

EPOCH = 631_065_600  # FIT counts seconds from the end of 1989
START = int(datetime.datetime(2024, 1, 3, 7, 15, 20, tzinfo=datetime.UTC).timestamp()) - EPOCH
_SIZES = {0x00: "B", 0x01: "b", 0x02: "B", 0x83: "h", 0x84: "H", 0x85: "i", 0x86: "I"}


def crc(content: bytes) -> int:
    """FIT's check, bit by bit: CRC-16 with the polynomial A001."""
    value = 0
    for byte in content:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (0xA001 if value & 1 else 0)
    return value


def message(local: int, number: int, fields: Iterable[tuple[int, int, int]], *,
            own: bytes = b"") -> bytes:  # fmt: skip
    """A definition and its data. `fields` are (number, base type, value); `own` of an app."""
    fields = list(fields)
    flag = 0x60 if own else 0x40
    content = struct.pack("<BBBHB", flag | local, 0, 0, number, len(fields))
    for field, base, _ in fields:
        content += struct.pack("<BBB", field, struct.calcsize(_SIZES[base]), base)
    if own:
        content += bytes([1, 0, len(own), 0])
    content += bytes([local])
    for _, base, value in fields:
        content += struct.pack("<" + _SIZES[base], value)
    return content + own


def degrees(value: float) -> int:
    return round(value * 2**31 / 180)


def points(count: int, own: bytes = b"") -> bytes:
    """A way to the north: one point a second, three metres each."""
    return b"".join(
        message(1, 20, [(253, 0x86, START + i), (0, 0x85, degrees(52.52 + i * 27e-6)),
                        (1, 0x85, degrees(13.4)), (5, 0x86, i * 300), (3, 0x02, 120 + i % 20)],
                own=own if i == 3 else b"")
        for i in range(count)
    )  # fmt: skip


def session(start: int = START, sport: int = 1, **said: int) -> bytes:
    fields = [(253, 0x86, start + 1800), (2, 0x86, start), (5, 0x00, sport),
              (7, 0x86, said.get("seconds", 1800) * 1000), (9, 0x86, 521_000), (11, 0x84, 321),
              (16, 0x02, 141), (17, 0x02, 170), (22, 0x84, 35), (26, 0x84, 5)]  # fmt: skip
    return message(2, 18, fields)


def fit(*parts: bytes, kind: int = 4) -> bytes:
    """A whole file: header, what it is, the parts, the check."""
    body = message(0, 0, [(0, 0x00, kind), (1, 0x84, 1), (4, 0x86, START)]) + b"".join(parts)
    head = struct.pack("<BBHI4s", 14, 16, 2132, len(body), b".FIT")
    head += struct.pack("<H", crc(head))
    return head + body + struct.pack("<H", crc(head + body))


def gpx(name: str = "Morning", count: int = 3, version: str = "1.1") -> str:
    """A track of a runner with the heart's beat as Garmin writes it."""
    at = "".join(
        f'<trkpt lat="{52.52 + i * 0.001:.6f}" lon="13.4"><ele>{30 + i * 5}</ele>'
        f"<time>2024-01-03T07:{15 + i}:20.000Z</time><extensions><gpxtpx:TrackPointExtension>"
        f"<gpxtpx:hr>{140 + i}</gpxtpx:hr></gpxtpx:TrackPointExtension></extensions></trkpt>"
        for i in range(count)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="{version}" creator="StravaGPX" '
        f'xmlns="http://www.topografix.com/GPX/{version.replace(".", "/")}" '
        'xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">'
        "<metadata><name>File</name><time>2024-01-03T07:15:20Z</time></metadata>"
        f"<trk><name>{name}</name><type>running</type><trkseg>{at}</trkseg></trk></gpx>"
    )


TCX = """          <?xml version="1.0" encoding="UTF-8"?>
<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">
 <Activities><Activity Sport="Biking"><Id>2024-01-03T07:15:20.000Z</Id>
  <Lap StartTime="2024-01-03T07:15:20.000Z"><TotalTimeSeconds>600.0</TotalTimeSeconds>
   <DistanceMeters>4000.5</DistanceMeters><MaximumSpeed>9.1</MaximumSpeed><Calories>120</Calories>
   <AverageHeartRateBpm><Value>120</Value></AverageHeartRateBpm>
   <MaximumHeartRateBpm><Value>150</Value></MaximumHeartRateBpm>
   <Intensity>Active</Intensity><TriggerMethod>Manual</TriggerMethod>
   <Track><Trackpoint><Time>2024-01-03T07:15:20.000Z</Time><Position>
     <LatitudeDegrees>52.52</LatitudeDegrees><LongitudeDegrees>13.4</LongitudeDegrees></Position>
     <AltitudeMeters>30</AltitudeMeters><DistanceMeters>0</DistanceMeters>
     <HeartRateBpm><Value>118</Value></HeartRateBpm></Trackpoint></Track></Lap>
  <Lap StartTime="2024-01-03T07:25:20Z"><TotalTimeSeconds>300</TotalTimeSeconds>
   <DistanceMeters>2000</DistanceMeters><Calories>60</Calories>
   <AverageHeartRateBpm><Value>150</Value></AverageHeartRateBpm>
   <Track><Trackpoint><Time>2024-01-03T07:30:20Z</Time><Position>
     <LatitudeDegrees>52.53</LatitudeDegrees><LongitudeDegrees>13.41</LongitudeDegrees></Position>
   </Trackpoint></Track></Lap>
  <Creator><Name>Watch</Name><UnitId>1</UnitId></Creator></Activity></Activities>
 <Courses><Course><Name>Plan</Name><Lap><TotalTimeSeconds>9</TotalTimeSeconds></Lap></Course></Courses>
</TrainingCenterDatabase>
"""
