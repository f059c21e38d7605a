extension JSONWriter {
    /// Appends a whole value.
    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .real(let value): real(value)
        case .string(let value): string(value)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let object):
            beginObject()
            for member in object.members {
                key(member.key)
                self.value(member.value)
            }
            endObject()
        }
    }

    /// JSON has no spelling for infinity or not-a-number (RFC 8259 §6): they become null.
    package mutating func real(_ value: Double) {
        guard value.isFinite else { return null() }
        raw(Array(value.description.utf8))
    }
}

extension JSONValue {
    /// Compact, members in their order.
    package func bytes() -> [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }

    package var text: String { String(decoding: bytes(), as: UTF8.self) }

    /// For people: two spaces a level, one member a line, ended by a newline.
    package func prettyText() -> String {
        var output = ""
        appendPretty(to: &output, indentation: "")
        return output + "\n"
    }

    private func appendPretty(to output: inout String, indentation: String) {
        let inner = indentation + "  "
        switch self {
        case .array(let elements) where !elements.isEmpty:
            for (index, element) in elements.enumerated() {
                output += (index == 0 ? "[\n" : ",\n") + inner
                element.appendPretty(to: &output, indentation: inner)
            }
            output += "\n\(indentation)]"
        case .object(let object) where !object.isEmpty:
            for (index, member) in object.members.enumerated() {
                output += (index == 0 ? "{\n" : ",\n") + inner + JSONValue.string(member.key).text + ": "
                member.value.appendPretty(to: &output, indentation: inner)
            }
            output += "\n\(indentation)}"
        case .null, .bool, .integer, .real, .string, .array, .object:
            output += text
        }
    }
}

extension JSONObject {
    package func bytes() -> [UInt8] { JSONValue.object(self).bytes() }
}
