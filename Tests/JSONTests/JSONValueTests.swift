import JSON
import Testing

@Suite("Values and objects")
struct JSONValueTests {
    @Test("An accessor answers for its own kind only")
    func accessors() {
        #expect(JSONValue.string("a").stringValue == "a")
        #expect(JSONValue.integer(1).stringValue == nil)
        #expect(JSONValue.integer(1).integerValue == 1)
        #expect(JSONValue.real(1).integerValue == nil)
        #expect(JSONValue.string("1").integerValue == nil)
        #expect(JSONValue.bool(true).boolValue == true)
        #expect(JSONValue.string("true").boolValue == nil)
        #expect(JSONValue.integer(1).boolValue == nil)
        #expect(JSONValue.array([1]).arrayValue == [1])
        #expect(JSONValue.object(["a": 1]).objectValue == ["a": 1])
        #expect(JSONValue.null.isNull)
        #expect(!JSONValue.bool(false).isNull)
    }

    @Test("A list of strings is one only if every element is a string")
    func strings() {
        #expect(JSONValue.array(["a", "b"]).stringsValue == ["a", "b"])
        #expect(JSONValue.array([]).stringsValue == [])
        #expect(JSONValue.array(["a", 1]).stringsValue == nil)
        #expect(JSONValue.string("a").stringsValue == nil)
    }

    @Test("Strings are equal when their bytes are, not when Unicode finds them equivalent")
    func exactness() {
        #expect("\u{212A}" == "K")
        #expect(!"\u{212A}".isExactly("K"))
        #expect(JSONValue.string("\u{212A}") != "K")
        #expect(JSONValue.string("e\u{301}") != "\u{E9}")
        #expect("iss".isExactly("issuer".prefix(3)))
    }

    @Test("The beginning of a text is bounded by scalars, for one letter may bear any number of marks")
    func beginning() {
        #expect("issuer".beginning(3) == "iss" && "iss".beginning(9) == "iss" && "".beginning(3).isEmpty)
        #expect(("a" + String(repeating: "\u{301}", count: 99)).beginning(3).unicodeScalars.count == 3)
    }

    @Test("Objects are equal with the same members in any order; arrays are not")
    func equality() {
        #expect(["a": 1, "b": 2] as JSONObject == ["b": 2, "a": 1])
        #expect(["a": 1] as JSONObject != ["a": 1, "b": 2])
        #expect(["a": 1] as JSONObject != ["b": 1])
        #expect([1, 2] as JSONValue != [2, 1])
        #expect(JSONValue.integer(1) != .real(1))
        #expect(JSONValue.null != false)
    }

    @Test("A member is replaced in place, added at the end, and removed with nil")
    func members() {
        var object: JSONObject = ["a": 1, "b": 2]
        object["a"] = "new"
        object["c"] = 3
        object["b"] = nil
        object["missing"] = nil
        #expect(object.keys == ["a", "c"])
        #expect(object["a"] == "new")
        #expect(object["b"] == nil)
        #expect(!object.isEmpty)
        #expect(JSONObject().isEmpty)
    }

    @Test("IN10 A literal with a name twice keeps the last, and does not trap")
    func repeatedLiteral() {
        let object: JSONObject = ["a": 1, "a": 2]
        #expect(object.count == 1)
        #expect(object["a"] == 2)
        #expect(["a": 1, "a": 2] as JSONValue == ["a": 2])
    }

    @Test("A JSON null is a member, not a missing one")
    func null() throws {
        let object = try #require(JSONValue(parsing: #"{"a":null}"#).objectValue)
        #expect(object["a"] == JSONValue.null)
        #expect(object["a"] != nil)
    }
}
