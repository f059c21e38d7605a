import JSON
import TestSupport
import Testing

@Suite("Writing: RFC 8259")
struct JSONWritingTests {
    @Test(
        "Values are written compactly, members in their order",
        arguments: [
            (JSONValue.null, "null"), (true, "true"), (false, "false"), (.integer(.min), "-9223372036854775808"),
            (1.5, "1.5"), ("", "\"\""), ([], "[]"), ([:], "{}"), ([1, [2], [:]], "[1,[2],{}]"),
            (["z": 1, "a": ["b": nil]], #"{"z":1,"a":{"b":null}}"#),
        ] as [(JSONValue, String)]
    )
    func compact(value: JSONValue, text: String) {
        #expect(value.text == text)
    }

    @Test("§7: quotation marks, backslashes and control characters are escaped, nothing else")
    func escapes() {
        let text = JSONValue.string("\"\\/\u{0}\u{1}\u{8}\t\n\u{B}\u{C}\r\u{1F} \u{7F}é😀\u{2028}").text
        #expect(text == "\"\\\"\\\\/\\u0000\\u0001\\b\\t\\n\\u000b\\f\\r\\u001f \u{7F}é😀\u{2028}\"")
    }

    @Test("Every control character comes back as itself, in values and in keys")
    func controls() throws {
        for code in UInt8(1)..<0x20 {
            let text = "a" + String(UnicodeScalar(code)) + "b"
            #expect(try JSONValue(parsing: JSONValue.string(text).bytes()) == .string(text))
            let object = JSONValue.object([text: .string(text)])
            #expect(try JSONValue(parsing: object.bytes()) == object)
        }
    }

    @Test("§6: what is not a number is written as null", arguments: [Double.nan, .infinity, -.infinity])
    func notNumbers(value: Double) {
        #expect(JSONValue.real(value).text == "null")
    }

    @Test(
        "Reals come back as the same reals",
        arguments: [0.1, -0.0, 1e300, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e16, 123_456_789.125, 100]
    )
    func reals(value: Double) throws {
        #expect(try JSONValue(parsing: JSONValue.real(value).text) == .real(value))
    }

    @Test("Text for people has a member a line, indented by two, and means the same")
    func pretty() throws {
        let value: JSONValue = ["a": [1, ["b": "c"]], "d": [], "e": [:], "f": "\n"]
        let expected = """
            {
              "a": [
                1,
                {
                  "b": "c"
                }
              ],
              "d": [],
              "e": {},
              "f": "\\n"
            }

            """
        #expect(value.prettyText() == expected)
        #expect(try JSONValue(parsing: expected) == value)
        #expect(JSONValue.null.prettyText() == "null\n")
    }

    @Test("The appender sets the commas")
    func appender() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("iss")
        writer.string("https://a.example")
        writer.key("aud")
        writer.beginArray()
        writer.string("x")
        writer.integer(-3)
        writer.beginObject()
        writer.endObject()
        writer.null()
        writer.endArray()
        writer.key("q\"")
        writer.bool(true)
        writer.key("raw")
        writer.raw(Array("[1]".utf8))
        writer.key("tree")
        writer.value(["n": 1])
        writer.endObject()
        let expected = #"{"iss":"https://a.example","aud":["x",-3,{},null],"q\"":true,"raw":[1],"tree":{"n":1}}"#
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    }

    @Test("IN10 Any string is written so that the parser reads it back, NUL excepted, which it refuses")
    func anyString() throws {
        var dice = Dice(seed: 13)
        for _ in 0..<5_000 {
            let text = String(decoding: dice.bytes(30), as: UTF8.self)
            let bytes = JSONValue.string(text).bytes()
            if text.utf8.contains(0) {
                #expect(throws: JSONFault.self) { try JSONValue(parsing: bytes) }
            } else {
                #expect(try JSONValue(parsing: bytes) == .string(text))
            }
        }
    }
}
