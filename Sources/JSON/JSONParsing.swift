import CJansson

extension JSONValue {
    /// Parses a strict JSON text: any value, and nothing behind it.
    ///
    /// Refused beyond the grammar: two members of one name, since two readers may each believe another one (RFC 8259
    /// §4, RFC 8725 §2.4); NUL in strings; nesting or length over the limits, so that a stranger's text costs little.
    package init(parsing bytes: [UInt8], maximumDepth: Int = 32, maximumBytes: Int = 65_536) throws(JSONFault) {
        guard bytes.count <= maximumBytes else {
            throw JSONFault(message: "longer than \(maximumBytes) bytes", line: 1, column: 1)
        }
        try JSONPrescan.check(bytes, maximumDepth: min(maximumDepth, JSONPrescan.ceiling))
        var error = json_error_t()
        let flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY
        let root = bytes.withUnsafeBytes { bytes in
            json_loadb(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, Int(flags), &error)
        }
        guard let root else { throw JSONFault(error) }
        defer { json_decref(root) }
        self.init(root)
    }

    package init(parsing text: String) throws(JSONFault) {
        try self.init(parsing: Array(text.utf8))
    }

    /// Copies a value out of Jansson. Its nesting has been limited before.
    fileprivate init(_ value: UnsafeMutablePointer<json_t>) {
        switch value.pointee.type {
        case JSON_TRUE: self = .bool(true)
        case JSON_FALSE: self = .bool(false)
        case JSON_INTEGER: self = .integer(Int64(json_integer_value(value)))
        case JSON_REAL: self = .real(json_real_value(value))
        case JSON_STRING: self = .string(String(json_string_value(value), json_string_length(value)))
        case JSON_ARRAY:
            let elements = (0..<json_array_size(value)).compactMap { json_array_get(value, $0) }
            self = .array(elements.map { JSONValue($0) })
        case JSON_OBJECT: self = .object(JSONObject(value))
        default: self = .null
        }
    }
}

extension JSONObject {
    fileprivate init(_ object: UnsafeMutablePointer<json_t>) {
        var members: [Member] = []
        members.reserveCapacity(json_object_size(object))
        var place = json_object_iter(object)
        while let here = place, let value = json_object_iter_value(here) {
            let key = String(json_object_iter_key(here), json_object_iter_key_len(here))
            members.append((key: key, value: JSONValue(value)))
            place = json_object_iter_next(object, here)
        }
        self.init(distinct: members)
    }
}

extension String {
    /// Jansson has checked that the bytes are UTF-8.
    fileprivate init(_ characters: UnsafePointer<CChar>?, _ count: Int) {
        self.init(decoding: UnsafeRawBufferPointer(start: characters, count: count), as: UTF8.self)
    }
}

extension JSONFault {
    /// Jansson quotes the text it stopped at, which may be a secret; only the name of a repeated member is kept.
    fileprivate init(_ error: json_error_t) {
        let bytes = withUnsafeBytes(of: error.text) { Array($0.prefix { $0 != 0 }) }
        let text = String(decoding: bytes, as: UTF8.self)
        let quotation = text.firstRange(of: " near '")
        let isRepeatedKey = text.hasPrefix("duplicate object key")
        let message = isRepeatedKey ? text[...] : text[..<(quotation?.lowerBound ?? text.endIndex)]
        self.init(message: String(message), line: max(1, Int(error.line)), column: max(1, Int(error.column)))
    }
}
