"""Drives a server with the official Python client of the Model Context Protocol: over HTTP in the newest
version and in one with a handshake, and over standard input and output through `anchorhold mcp`."""

import asyncio
import contextlib
import json
import os

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

URL = os.environ["ANCHORHOLD_URL"]
PROGRAM = os.environ["ANCHORHOLD_PROGRAM"]
KEYS = {"alice": os.environ["ALICE_KEY"], "bob": os.environ["BOB_KEY"]}
TOOLS = [
    "memory_store",
    "memory_recall",
    "memory_context",
    "memory_list",
    "memory_forget",
    "conversation_append",
]


@contextlib.asynccontextmanager
async def over_http(who, mode):
    headers = {"Authorization": f"Bearer {KEYS[who]}"}
    async with httpx2.AsyncClient(headers=headers) as http:
        transport = streamable_http_client(f"{URL}/mcp", http_client=http)
        async with Client(transport, mode=mode) as client:
            yield client


@contextlib.asynccontextmanager
async def over_stdio(who, mode):
    environment = {"ANCHORHOLD_URL": URL, "ANCHORHOLD_KEY": KEYS[who]}
    program = StdioServerParameters(command=PROGRAM, args=["mcp"], env=environment)
    async with Client(program, mode=mode) as client:
        yield client


async def given(client, tool, **arguments):
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result
    return result.structured_content


async def refused(client, tool, **arguments):
    result = await client.call_tool(tool, arguments)
    assert result.is_error, result
    return json.loads(result.content[0].text)["error"]


async def as_alice(client):
    listed = await client.list_tools()
    assert [tool.name for tool in listed.tools] == TOOLS, listed
    kept = await given(client, "memory_store", content="Alice takes her tea without sugar.", tags=["tea"])
    found = await given(client, "memory_recall", query="How does she take her tea?")
    assert found["results"][0]["memory"]["id"] == kept["id"], found
    block = await client.call_tool("memory_context", {"query": "tea?", "max_tokens": 500})
    assert block.content[0].text.startswith("<memory>"), block
    said = [{"speaker": "user", "content": "Good morning."}, {"speaker": "assistant", "content": "Hello."}]
    appended = await given(client, "conversation_append", conversation="monday", messages=said)
    assert appended["kept"] == 2, appended
    page = await given(client, "memory_list", limit=2)
    rest = await given(client, "memory_list", limit=2, cursor=page["next_cursor"])
    assert len(page["memories"]) == 2 and len(rest["memories"]) == 1, (page, rest)
    error = await refused(client, "memory_recall", query="tea", namespace="bob")
    assert (error["code"], error["field"]) == ("request_invalid", "namespace"), error
    return kept["id"]


async def as_bob(client, memory):
    found = await given(client, "memory_recall", query="How does she take her tea?")
    assert found["results"] == [], found
    assert (await given(client, "memory_list"))["memories"] == []
    assert (await given(client, "memory_context", query="tea"))["memories"] == 0
    assert (await given(client, "memory_forget", ids=[memory]))["deleted"] == 0


async def clear(client):
    every = {"importance": {"gte": 0}}
    assert (await given(client, "memory_forget", filter=every))["deleted"] == 3


async def main():
    for name, over in [("http", over_http), ("stdio", over_stdio)]:
        for mode in ["auto", "legacy"]:
            async with over("alice", mode) as client:
                version = client.protocol_version
                memory = await as_alice(client)
            async with over("bob", mode) as client:
                await as_bob(client, memory)
            async with over("alice", mode) as client:
                await clear(client)
            print(f"{name} {mode} {version}")


asyncio.run(main())
