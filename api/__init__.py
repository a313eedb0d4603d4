"""The HTTP door: routes, problem documents, pages.

The rules of the room:

* It knows the book, the answers, errors and limits; it never sees a store's adapter.
* A record is never read here: its bytes go to the book as they came. Of a batch's last line alone,
  when it lacks its end, it is asked whether its JSON is whole, or broke off on the way.
* Every error is a problem document (RFC 9457), and one table says which status it has.
* Nothing blocks the event loop: the book is asked in threads, and its promises are awaited.
* Who sends or takes slowly waits alone: it has no turn meanwhile, and of the memory for batches on
  their way the largest gives way to smaller ones.

    app = create_app(book, Answers(book))
"""

from api.app import create_app

__all__ = ["create_app"]
