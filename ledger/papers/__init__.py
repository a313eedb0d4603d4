"""Papers: what the ledger says, printed: QR codes as SVG, certificates and sheets as PDF.

The rules of the room:

* What is printed is an answer's plain JSON, as it goes out anywhere else; nothing is looked up.
* The same answer gives the same bytes: a paper bears the times of what it tells, never that of its
  printing.
* No character is dropped or turned into another. What the paper's font cannot show, or what this
  room cannot set as its readers write it, is printed as its Unicode code point
  (:mod:`.lettering`), and the paper says so.

    certificate_pdf(answer, "https://ledger.example/certificates/3f…")
    qr_svg("https://ledger.example/certificates/3f…", "Leads to this certificate")
"""

from ledger.papers.certificates import certificate_pdf
from ledger.papers.codes import qr_svg
from ledger.papers.importing import importer_pdf

__all__ = ["certificate_pdf", "importer_pdf", "qr_svg"]
