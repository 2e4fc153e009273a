"""The rules of AsyncAPI 3.0.0 that messages/events/asyncapi.json has use for, kept by hand so that no network is needed
(the published JSON Schema of AsyncAPI accepts the document as well)."""
import json
import re

# kind of object: (fields that must be there, fields that may be there). Extensions x-… may always.
FIELDS = {
    "document": ({"asyncapi", "info"}, {"id", "servers", "defaultContentType", "channels", "operations", "components"}),
    "info": ({"title", "version"}, {"description", "termsOfService", "contact", "license", "tags", "externalDocs"}),
    "server": ({"host", "protocol"}, {"protocolVersion", "pathname", "description", "title", "summary", "variables",
                                      "security", "tags", "externalDocs", "bindings"}),
    "server variable": (set(), {"enum", "default", "description", "examples"}),
    "channel": (set(), {"address", "messages", "title", "summary", "description", "servers", "parameters", "tags",
                        "externalDocs", "bindings"}),
    "parameter": (set(), {"enum", "default", "description", "examples", "location"}),
    "operation": ({"action", "channel"}, {"title", "summary", "description", "security", "tags", "externalDocs",
                                          "bindings", "traits", "messages", "reply"}),
    "message": (set(), {"headers", "payload", "correlationId", "contentType", "name", "title", "summary", "description",
                        "tags", "externalDocs", "bindings", "examples", "traits"}),
    "example": (set(), {"headers", "payload", "name", "summary"}),
    "multi-format schema": ({"schemaFormat", "schema"}, set()),
    "security scheme": ({"type"}, {"description", "name", "in", "scheme", "bearerFormat", "flows", "openIdConnectUrl",
                                   "scopes"}),
    "components": (set(), {"schemas", "servers", "channels", "operations", "messages", "securitySchemes",
                           "serverVariables", "parameters", "correlationIds", "replies", "replyAddresses",
                           "externalDocs", "tags", "operationTraits", "messageTraits", "serverBindings",
                           "channelBindings", "operationBindings", "messageBindings"}),
}
KAFKA = {  # what a Kafka binding (0.5.0) may hold, by where it stands
    "server": {"schemaRegistryUrl", "schemaRegistryVendor", "bindingVersion"},
    "channel": {"topic", "partitions", "replicas", "topicConfiguration", "bindingVersion"},
    "operation": {"groupId", "clientId", "bindingVersion"},
    "message": {"key", "schemaIdLocation", "schemaIdPayloadEncoding", "schemaLookupStrategy", "bindingVersion"},
}
SECURITY = {"userPassword", "apiKey", "X509", "symmetricEncryption", "asymmetricEncryption", "http", "oauth2",
            "openIdConnect", "plain", "scramSha256", "scramSha512", "gssapi", "httpApiKey"}
NAME = re.compile(r"^[\w.-]+$")


class Reader:
    """Looks at a document; `folder` is where it lies, for references to other files."""

    def __init__(self, document, folder):
        self.document, self.folder, self.problems = document, folder, []

    def add(self, at, text):
        self.problems.append(f"{at}: {text}")

    def resolve(self, value, at):
        """What a reference leads to; a value that is none is itself."""
        if not (isinstance(value, dict) and "$ref" in value):
            return value
        file, _, pointer = value["$ref"].partition("#")
        try:
            target = json.loads((self.folder / file).read_text()) if file else self.document
            for token in pointer.split("/")[1:]:
                target = target[token.replace("~1", "/").replace("~0", "~")]
            return target
        except (OSError, KeyError, TypeError, ValueError):
            self.add(at, f"{value['$ref']} leads nowhere")
            return {}

    def fields(self, value, kind, at):
        must, may = FIELDS[kind]
        for name in sorted(must - value.keys()):
            self.add(at, f"{kind} without {name}")
        for name in sorted(value.keys() - must - may):
            if not name.startswith("x-"):
                self.add(at, f"{kind} with {name}")

    def names(self, values, at):
        for name in values:
            if not NAME.match(name):
                self.add(at, f"{name!r} is not a name")

    def bindings(self, value, kind, at):
        binding = self.resolve(value.get("bindings", {}), at).get("kafka", {})
        for name in sorted(binding.keys() - KAFKA[kind]):
            self.add(at, f"Kafka binding of a {kind} with {name}")
        for name in ("partitions", "replicas"):
            if name in binding and not (isinstance(binding[name], int) and binding[name] > 0):
                self.add(at, f"{name} must be a whole number above 0")

    def server(self, server, at):
        self.fields(server, "server", at)
        self.bindings(server, "server", at)
        variables = server.get("variables", {})
        for name, variable in variables.items():
            self.fields(self.resolve(variable, at), "server variable", f"{at}/variables/{name}")
        self.placeholders(server.get("host", ""), variables, at)
        for scheme in server.get("security", []):
            scheme = self.resolve(scheme, at)
            self.fields(scheme, "security scheme", f"{at}/security")
            if scheme.get("type") not in SECURITY:
                self.add(f"{at}/security", f"{scheme.get('type')} is no kind of security")

    def placeholders(self, text, declared, at):
        for name in set(re.findall(r"{([^}]*)}", text or "")) ^ declared.keys():
            self.add(at, f"{{{name}}} is not both used and declared")

    def channel(self, channel, at):
        self.fields(channel, "channel", at)
        self.bindings(channel, "channel", at)
        for name, parameter in channel.get("parameters", {}).items():
            self.fields(self.resolve(parameter, at), "parameter", f"{at}/parameters/{name}")
        self.placeholders(channel.get("address"), channel.get("parameters", {}), at)
        self.names(channel.get("messages", {}), at)
        for name, message in channel.get("messages", {}).items():
            self.message(self.resolve(message, at), f"{at}/messages/{name}")

    def message(self, message, at):
        self.fields(message, "message", at)
        self.bindings(message, "message", at)
        for part in ("headers", "payload"):
            schema = self.resolve(message.get(part, {}), at)
            if "schemaFormat" in schema or "schema" in schema:
                self.fields(schema, "multi-format schema", f"{at}/{part}")
            self.references(schema, f"{at}/{part}")
        for example in message.get("examples", []):
            self.fields(example, "example", f"{at}/examples")
            if not {"headers", "payload"} & example.keys():
                self.add(at, "an example of nothing")

    def references(self, value, at):
        if isinstance(value, dict):
            self.resolve(value, at)
        for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            self.references(part, at)

    def operation(self, operation, at):
        self.fields(operation, "operation", at)
        self.bindings(operation, "operation", at)
        if operation.get("action") not in ("send", "receive"):
            self.add(at, "action must be send or receive")
        channel = operation.get("channel", {}).get("$ref", "")
        if not re.fullmatch(r"#/channels/[^/]+", channel):
            self.add(at, "channel must be a reference to one of the document's")
        self.resolve(operation.get("channel", {}), at)
        for message in operation.get("messages", []):
            if not message.get("$ref", "").startswith(f"{channel}/messages/"):
                self.add(at, "a message must be a reference to one of the channel's own")
            self.resolve(message, at)

    def read(self):
        document = self.document
        self.fields(document, "document", "#")
        self.fields(document.get("info", {}), "info", "#/info")
        self.fields(document.get("components", {}), "components", "#/components")
        if not re.fullmatch(r"3\.0\.\d+", str(document.get("asyncapi"))):
            self.add("#", "asyncapi must be 3.0.x")
        for part, look in (("servers", self.server), ("channels", self.channel), ("operations", self.operation)):
            self.names(document.get(part, {}), f"#/{part}")
            for name, value in document.get(part, {}).items():
                look(self.resolve(value, f"#/{part}"), f"#/{part}/{name}")
        for kind, values in document.get("components", {}).items():
            self.names(values, f"#/components/{kind}")
        addresses = [channel.get("address") for channel in document.get("channels", {}).values()]
        for address in {a for a in addresses if addresses.count(a) > 1}:
            self.add("#/channels", f"{address} is the address of two")
        return self.problems
