"""The questions about certificates, as methods that :class:`ledger.answers.Answers` has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager

from ledger.access import STRANGER, Reader
from ledger.answers import certificates
from ledger.answers.asking import read_token
from ledger.answers.reading import Reading
from ledger.answers.shapes import CertificateAnswer
from ledger.answers.wire import Plain
from ledger.disclosing import Disclosing


class ForCertificates(ABC):
    """Answers about certificates, to whoever may read their records or holds the paper."""

    _reader: Reader
    _disclosing: Disclosing

    @abstractmethod
    def _read(self) -> AbstractContextManager[Reading]: ...

    @abstractmethod
    def _named(
        self, ledger: Reading, answer: object, reader: Reader | None = None, *, must: bool = False
    ) -> Plain: ...

    def certificate(self, subject: str) -> Plain:
        """Answer about a certificate, by its record's id or its number."""
        with self._read() as ledger:
            answer = certificates.by_name(ledger, subject)
            return self._named(ledger, self._with_private(answer, self._reader))

    def certificate_paper(self, token: str) -> Plain:
        """Answer what stands on the paper whose QR code leads here."""
        named = read_token(token)
        with self._read() as ledger:
            answer = certificates.by_token(ledger, named)
            # Whoever holds the paper may be anyone: it is told what anyone may see beside it.
            return self._named(ledger, self._with_private(answer, STRANGER), STRANGER)

    def _with_private(self, answer: CertificateAnswer, reader: Reader) -> CertificateAnswer:
        fields = self._disclosing.values_of(reader, certificates.private_of(answer))
        return certificates.with_private(answer, fields)
