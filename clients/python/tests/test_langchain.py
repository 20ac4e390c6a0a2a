"""The LangChain retriever in a real chain."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

from anchorhold import ArgumentError
from anchorhold.langchain import AnchorholdRetriever


def chain_of(retriever: AnchorholdRetriever) -> Any:
    """Finds, writes a prompt, and gives it back as the model's answer."""
    prompt = ChatPromptTemplate.from_messages([("system", "You know: {context}"), ("user", "{question}")])
    texts = RunnableLambda(lambda documents: " | ".join(document.page_content for document in documents))
    model = RunnableLambda(lambda value: value.messages[0].content)
    return {"context": retriever | texts, "question": RunnablePassthrough()} | prompt | model | StrOutputParser()


def test_a_chain_finds_what_its_user_keeps_and_nobody_elses(tenant: Any) -> None:
    backend = tenant.client()
    for user in ("alice", "bob"):
        backend.for_user(user).memories.add(f"{user} takes tea without sugar.")
    for user in ("alice", "bob"):
        chain = chain_of(AnchorholdRetriever(client=backend.for_user(user)))
        assert chain.invoke("How is tea taken?") == f"You know: {user} takes tea without sugar."


async def test_an_asynchronous_chain_does_so_too(tenant: Any) -> None:
    async with tenant.async_client("carol") as carol:
        await carol.memories.add("Carol takes tea with milk.")
        chain = chain_of(AnchorholdRetriever(async_client=carol))
        assert await chain.ainvoke("How is tea taken?") == "You know: Carol takes tea with milk."
        assert await chain.abatch(["tea", "milk"]) == ["You know: Carol takes tea with milk."] * 2
        with pytest.raises(ArgumentError):
            chain.invoke("How is tea taken?")
    threaded = chain_of(AnchorholdRetriever(client=tenant.client("carol")))
    assert await threaded.ainvoke("How is tea taken?") == "You know: Carol takes tea with milk."


def test_a_document_tells_what_the_memory_is(tenant: Any) -> None:
    client = tenant.client("dora")
    kept = client.memories.add(
        "The review is on Thursday.", tags=["work"], metadata={"by": "mail"}, event_time="2026-11-20T09:00:00Z"
    )
    client.memories.add("Tea without sugar.", tags=["home"])
    retriever = AnchorholdRetriever(client=client, limit=1, filter={"tags": {"any": ["work"]}}, threshold=0.1)
    (document,) = retriever.invoke("When is the review?")
    told = document.metadata
    assert document.id == told["id"] == kept.id and document.page_content == kept.content
    assert told["event_time"] == "2026-11-20T09:00:00+00:00"
    assert (told["rank"], told["tags"], told["metadata"], told["type"]) == (1, ["work"], {"by": "mail"}, "semantic")
    assert told["score"] > 0 and 0 < told["similarity"] <= 1
    with pytest.raises(ValueError, match="give client"):
        AnchorholdRetriever()
    assert "ah_" not in repr(retriever)
