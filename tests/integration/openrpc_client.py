"""A client that is made, when it starts, of the API's documents and nothing else: each method of openrpc.json and each
operation of openapi.yaml becomes a function. What is sent and what comes back is held against the documents' schemas, and
an error has to be one that the method names."""

import asyncio
import itertools
import json
import re
import types
import urllib.error
import urllib.request

import jsonschema
import websockets
import yaml


class RpcError(Exception):
    def __init__(self, method, error):
        super().__init__(f"{method}: {error['message']}")
        self.code = error["data"]["code"]
        self.data = error["data"]


class Document:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.tree = yaml.safe_load(file)  # JSON is YAML
        self.resolver = jsonschema.RefResolver("", self.tree)

    def resolve(self, node):
        return self.resolver.resolve(node["$ref"])[1] if "$ref" in node else node

    def check(self, schema, value):
        jsonschema.Draft202012Validator(schema, resolver=self.resolver).validate(value)


def params_schema(method):
    """Of a method's parameters by name."""
    return {
        "type": "object",
        "properties": {param["name"]: param["schema"] for param in method["params"]},
        "required": [param["name"] for param in method["params"] if param["required"]],
        "additionalProperties": False,
    }


class Rpc:
    """A connection. `rpc.order.create(kind=…)` calls order.create and gives its result."""

    def __init__(self, document):
        self.document = document
        self.ids = itertools.count(1)
        self.waiting = {}
        self.notifications = []
        self.changed = asyncio.Event()
        self.told = {each["name"]: each["params"] for each in document.tree["x-notifications"]}
        for method in document.tree["methods"]:
            group, name = method["name"].split(".")
            if not hasattr(self, group):
                setattr(self, group, types.SimpleNamespace())
            setattr(getattr(self, group), name, self.function(method))

    @classmethod
    async def connect(cls, document, url):
        rpc = cls(document)
        address = url.replace("http", "ws", 1) + "/v1/ws"
        rpc.socket = await websockets.connect(address, subprotocols=["viva.v1"], origin=url)
        rpc.reader = asyncio.create_task(rpc.read())
        return rpc

    def function(self, method):
        name, errors = method["name"], [self.document.resolve(each) for each in method["errors"]]
        codes = {error["data"]["code"] for error in errors}

        async def call(**params):
            self.document.check(params_schema(method), params)
            reply = await self.ask(name, params)
            if "error" in reply:
                error = RpcError(name, reply["error"])
                assert error.code in codes, f"{name} does not name its error {error.code}"
                raise error
            self.document.check(method["result"]["schema"], reply["result"])
            return reply["result"]

        return call

    async def ask(self, name, params):
        number = next(self.ids)
        answer = self.waiting[number] = asyncio.get_running_loop().create_future()
        await self.socket.send(json.dumps({"jsonrpc": "2.0", "id": number, "method": name, "params": params}))
        await asyncio.wait({answer, self.reader}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            self.reader.result()
            raise ConnectionError("the server has closed the connection")
        return answer.result()

    async def read(self):
        async for text in self.socket:
            message = json.loads(text)
            if "id" in message:
                self.waiting.pop(message["id"]).set_result(message)
                continue
            self.document.check(self.told[message["method"]], message["params"])
            self.notifications.append((message["method"], message["params"]))
            self.changed.set()

    async def notified(self, name, fits=lambda params: True):
        """The parameters of the first such notification, earlier or later."""
        while True:
            for method, params in self.notifications:
                if method == name and fits(params):
                    return params
            if self.reader.done():
                self.reader.result()
                raise ConnectionError("the server has closed the connection")
            self.changed.clear()
            await asyncio.wait({self.reader, asyncio.create_task(self.changed.wait())}, return_when=asyncio.FIRST_COMPLETED)


class Rest:
    """The operations by their operationId: `rest.getOrderMaterial(token, id=…, slot=…)` gives status and body."""

    def __init__(self, document, url):
        for template, operations in document.tree["paths"].items():
            shared = operations.get("parameters", [])
            for verb, operation in operations.items():
                if verb != "parameters":
                    parameters = [document.resolve(each) for each in shared + operation.get("parameters", [])]
                    address = url + template
                    setattr(self, operation["operationId"], self.function(document, address, verb.upper(), operation, parameters))

    @staticmethod
    def function(document, address, verb, operation, parameters):
        def call(token=None, body=None, **values):
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            target, query = address, []
            for parameter in parameters:
                if parameter["name"] not in values:
                    assert not parameter.get("required"), f"{parameter['name']} is missing"
                    continue
                value = values.pop(parameter["name"])
                document.check(parameter["schema"], value)
                if parameter["in"] == "path":
                    target = target.replace("{" + parameter["name"] + "}", value)
                elif parameter["in"] == "header":
                    headers[parameter["name"]] = value
                else:
                    query.append(f"{parameter['name']}={value}")
            assert not values, f"not parameters of {operation['operationId']}: {values}"
            assert ("requestBody" in operation) == (body is not None)
            if body is not None:
                (headers["Content-Type"],) = operation["requestBody"]["content"]
            request = urllib.request.Request(target + ("?" + "&".join(query) if query else ""), body, headers, method=verb)
            try:
                reply = urllib.request.urlopen(request)
            except urllib.error.HTTPError as error:
                reply = error
            return reply.status, checked(reply)

        def checked(reply):
            described = document.resolve(operation["responses"][str(reply.status)])
            kind = re.split(";", reply.headers["Content-Type"])[0]
            schema = described["content"][kind]["schema"]
            data = reply.read()
            if kind != "application/json":
                return data
            value = json.loads(data)
            document.check(schema, value)
            return value

        return call
