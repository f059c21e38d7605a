import JSON
import TestSupport
import Testing

@Suite("Where members stand")
struct JSONPositionsTests {
    private static let text = """
        {
          "client_id": "wiki",
          "redirect_uris": [
            "https://wiki.example/callback",
            "http://wiki.example/[}\\"{,"
          ],
          "jwks": { "keys": [ {"kty": "EC"},
                              {"kty" : "RSA", "é\\u006e": 5} ] },
          "last": true
        }
        """

    @Test(
        "A path leads to the line and column of a key or an element",
        arguments: [
            ([], 1, 1), (["client_id"], 2, 3), (["redirect_uris"], 3, 3), (["redirect_uris", 0], 4, 5),
            (["redirect_uris", 1], 5, 5), (["jwks"], 7, 3), (["jwks", "keys"], 7, 13), (["jwks", "keys", 0], 7, 23),
            (["jwks", "keys", 0, "kty"], 7, 24), (["jwks", "keys", 1], 8, 23), (["jwks", "keys", 1, "én"], 8, 39),
            (["last"], 9, 3),
        ] as [([JSONPathElement], Int, Int)]
    )
    func positions(path: [JSONPathElement], line: Int, column: Int) throws {
        let position = try #require(JSONPositions(Array(Self.text.utf8)).position(of: path))
        #expect(position == (line, column))
    }

    @Test("The value of a member stands behind its key; columns count characters")
    func values() throws {
        let positions = JSONPositions(Array(Self.text.utf8))
        #expect(try #require(positions.positionOfValue(at: ["client_id"])) == (2, 16))
        #expect(try #require(positions.positionOfValue(at: ["jwks", "keys", 1, "kty"])) == (8, 32))
        #expect(try #require(positions.positionOfValue(at: ["jwks", "keys", 1, "én"])) == (8, 50))
        #expect(try #require(positions.positionOfValue(at: ["redirect_uris", 1])) == (5, 5))
    }

    @Test(
        "A path that leads nowhere has no position",
        arguments: [
            ["missing"], ["client_id", "x"], ["client_id", 0], ["redirect_uris", 2], ["redirect_uris", -1],
            ["redirect_uris", "x"], [0], ["jwks", "keys", 2], ["kty"],
        ] as [[JSONPathElement]]
    )
    func nowhere(path: [JSONPathElement]) {
        #expect(JSONPositions(Array(Self.text.utf8)).position(of: path) == nil)
    }

    @Test(
        "Empty texts, arrays and objects have no members", arguments: ["", " ", "[]", "{}", "[ ]", "{ }", "1", "\"a\""])
    func empty(text: String) {
        let positions = JSONPositions(Array(text.utf8))
        #expect(positions.position(of: [0]) == nil)
        #expect(positions.position(of: ["a"]) == nil)
    }

    @Test("IN10 Texts that never parsed do not trap it")
    func mutations() {
        var dice = Dice(seed: 14)
        let paths: [[JSONPathElement]] = [["last"], ["jwks", "keys", 1, "én"], ["redirect_uris", 1], [0, 1, 2], []]
        for _ in 0..<5_000 {
            let positions = JSONPositions(dice.mutated(Array(Self.text.utf8)))
            for path in paths { _ = positions.position(of: path) }
        }
        for count in 0..<2_000 {
            let positions = JSONPositions(dice.bytes(count % 50))
            for path in paths { _ = positions.positionOfValue(at: path) }
        }
    }
}
