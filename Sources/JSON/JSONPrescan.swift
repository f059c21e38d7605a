/// What is looked at before Jansson sees the text: its nesting, because Jansson recurses, and NUL, which Jansson takes
/// for the end, so that anything could stand behind it.
enum JSONPrescan {
    /// No caller may ask for more: reading and comparing recurse too, on stacks that are not large.
    static let ceiling = 256

    static func check(_ bytes: [UInt8], maximumDepth: Int) throws(JSONFault) {
        var cursor = JSONCursor(bytes)
        var depth = 0
        while let byte = cursor.current {
            switch byte {
            case UInt8(ascii: "\""):
                cursor.skipString()
                continue
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                guard depth <= maximumDepth else { throw cursor.fault("nested deeper than \(maximumDepth)") }
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
            case 0:
                throw cursor.fault("NUL outside a string")
            default:
                break
            }
            cursor.advance()
        }
    }
}

extension JSONCursor {
    fileprivate func fault(_ message: String) -> JSONFault {
        JSONFault(message: message, line: line, column: column)
    }
}
