"""Generic classes, type aliases and forward references."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from dagwright import task, workflow

T = TypeVar("T")
Shelf: TypeAlias = "dict[str, list[Book]]"


@dataclass
class Book:
    title: str
    pages: int


@dataclass
class Page(Generic[T]):
    items: list[T]
    next_page: int | None


@task
def loans(reader: str) -> Page[Book]:
    return Page([Book(f"{reader}'s diary", 120), Book("Maps", 80)], None)


@task
def shelve(books: list[Book]) -> Shelf:
    return {"new": books}


@task
def thickest(shelf: Shelf) -> Book:
    return max(shelf["new"], key=lambda book: book.pages)


@task
def title(book: Book) -> str:
    return book.title


@workflow
def main(reader: str = "Noor") -> str:
    page = loans(reader=reader)
    return title(book=thickest(shelf=shelve(books=page.items)))
