#!/usr/bin/env python3
"""Sets a text file as a PDF (A4, Helvetica): tools/demo/make_pdf.py resume.txt resume.pdf

The first line is the name, lines in capitals are headings. ISO 32000-1 says what the file must hold;
the fonts are among the fourteen that every reader has."""
import sys

PAGE_WIDTH, PAGE_HEIGHT, MARGIN = 595, 842, 50


def literal(text):
    """A string of the page's content, in WinAnsiEncoding."""
    data = text.encode("cp1252", "replace")
    for byte in (b"\\", b"(", b")"):
        data = data.replace(byte, b"\\" + byte)
    return b"(" + data + b")"


def pages(lines):
    """Content streams, one a page."""
    out, content, y = [], [], PAGE_HEIGHT - MARGIN
    for number, line in enumerate(lines):
        heading = line.isupper()
        font, size = ("F2", 18) if number == 0 else ("F2", 11) if heading else ("F1", 9.5)
        y -= size * (1.3 if line else 0.6)
        if y < MARGIN:
            out.append(b"\n".join(content))
            content, y = [], PAGE_HEIGHT - MARGIN - size
        if line:
            x = MARGIN + (10 if line.startswith("- ") else 0)
            content.append(b"BT /%s %g Tf 1 0 0 1 %d %.1f Tm %s Tj ET"
                           % (font.encode(), size, x, y, literal(line)))
    return out + [b"\n".join(content)]


def pdf(lines):
    streams = pages(lines)
    kids = " ".join(f"{5 + 2 * i} 0 R" for i in range(len(streams)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>",
               f"<< /Type /Pages /Kids [{kids}] /Count {len(streams)} >>".encode()]
    for name in ("Helvetica", "Helvetica-Bold"):
        objects.append(f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} "
                       "/Encoding /WinAnsiEncoding >>".encode())
    for i, stream in enumerate(streams):
        objects.append((f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {PAGE_WIDTH} {PAGE_HEIGHT}] "
                        f"/Contents {6 + 2 * i} 0 R /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
                        ).encode())
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    out, offsets = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as source:
        document = pdf(source.read().splitlines())
    with open(sys.argv[2], "wb") as target:
        target.write(document)
