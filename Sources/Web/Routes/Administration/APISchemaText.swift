import JSON

/// Fields and schemas in the words of OpenAPI 3.1, which are those of JSON Schema 2020-12.
enum APISchemaText {
    static func schema(_ schema: APISchema) -> JSONObject {
        [
            "type": "object",
            "properties": .object(
                JSONObject(schema.members.map { (key: $0.name, value: .object(member($0))) })),
            "required": .array(schema.members.filter(\.isRequired).map { .string($0.name) }),
        ]
    }

    static func reference(_ schema: APISchema) -> JSONValue {
        ["$ref": .string("#/components/schemas/\(schema.name)")]
    }

    static func body(_ fields: [APIField]) -> JSONObject {
        [
            "type": "object", "additionalProperties": false,
            "properties": .object(JSONObject(fields.map { (key: $0.name, value: .object(described($0))) })),
            "required": .array(fields.filter(\.isRequired).map { .string($0.name) }),
        ]
    }

    /// Places in the path, the query, and the precondition.
    static func parameters(of operation: APIOperation) -> [JSONValue] {
        var parameters: [JSONValue] = []
        if operation.path.contains("{id}") {
            parameters.append([
                "name": "id", "in": "path", "required": true, "description": "The id of the person (sub).",
                "schema": ["type": "string"],
            ])
        }
        guard !operation.isWrite else {
            guard operation.isConditional else { return parameters }
            return parameters + [
                [
                    "name": "If-Match", "in": "header", "required": .bool(operation.demandsVersion),
                    "description": "The ETag of the person as you saw it: the change is made only if it still is so.",
                    "schema": ["type": "string"],
                ]
            ]
        }
        return parameters
            + operation.fields.map { field in
                [
                    "name": .string(field.name), "in": "query", "required": .bool(field.isRequired),
                    "description": .string(field.summary), "schema": .object(kind(field.kind)),
                ]
            }
    }

    private static func described(_ field: APIField) -> JSONObject {
        var object = kind(field.kind)
        object["description"] = .string(field.summary)
        return object
    }

    private static func kind(_ kind: APIField.Kind) -> JSONObject {
        switch kind {
        case .text(let maximum): ["type": "string", "maxLength": .integer(Int64(maximum))]
        case .boolean: ["type": "boolean"]
        case .number(let range):
            [
                "type": "integer", "minimum": .integer(Int64(range.lowerBound)),
                "maximum": .integer(Int64(range.upperBound)),
            ]
        case .choice(let names): ["type": "string", "enum": .array(names.map(JSONValue.string))]
        case .roles:
            ["type": "array", "maxItems": .integer(Int64(APIRoles.most)), "items": reference(.role)]
        }
    }

    private static func member(_ member: APISchema.Member) -> JSONObject {
        var object = kind(member.kind)
        object["description"] = .string(member.summary)
        return object
    }

    private static func kind(_ kind: APISchema.Kind) -> JSONObject {
        switch kind {
        case .text: ["type": "string"]
        case .boolean: ["type": "boolean"]
        case .number: ["type": "integer"]
        case .time: ["type": "string", "format": "date-time"]
        case .choice(let names): ["type": "string", "enum": .array(names.map(JSONValue.string))]
        case .texts: ["type": "array", "items": ["type": "string"]]
        case .details: ["type": "object", "additionalProperties": ["type": "string"]]
        case .object(let schema): ["$ref": .string("#/components/schemas/\(schema.name)")]
        case .list(let schema): ["type": "array", "items": reference(schema)]
        }
    }
}
