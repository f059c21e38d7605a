import Cryptography
import JSON
import Testing

@testable import martlet

extension TestPage {
    /// The puzzle of the page's captcha.
    var puzzle: JSONObject? {
        text.firstMatch(of: /data-puzzle="([^"]*)"/)
            .flatMap { try? JSONValue(parsing: Self.unescaped(String($0.1))).objectValue }
    }

    /// What the page's script would put into the form.
    func solution() throws -> String {
        var object = try #require(puzzle, "\(target) has no puzzle")
        let (salt, challenge) = (object["salt"]?.stringValue ?? "", object["challenge"]?.stringValue ?? "")
        let number = try #require(
            (0...(object["maxnumber"]?.integerValue ?? 0)).first {
                Hex.encode(SHA256.digest(Array("\(salt)\($0)".utf8))) == challenge
            })
        object["maxnumber"] = nil
        object["number"] = .integer(number)
        return Base64.encode(object.bytes())
    }

    /// The summary at the form.
    var summary: String? {
        text.firstMatch(of: /<p><strong>([^<]*)<\/strong><\/p>/).map { Self.unescaped(String($0.1)) }
    }
}

extension TestHouse {
    /// With puzzles that are quickly solved.
    static func asking(_ change: @escaping (inout CaptchaSettings) -> Void = { _ in }) async throws
        -> TestHouse
    {
        try await TestHouse {
            $0.captcha.provider = .altcha
            $0.captcha.difficulty = 1000
            change(&$0.captcha)
        }
    }
}

extension TestBrowser {
    /// Fails to sign in so many times, as often as not with an answer to the captcha; the page of the last.
    func fail(_ times: Int, as email: String = "ada@example.org") async throws -> TestPage {
        var page = await get("/sign-in")
        for _ in 0..<times {
            let solution = page.puzzle == nil ? nil : try page.solution()
            page = await post(
                page, ["email": email, "password": "not the password at all", "captcha": solution], action: "/sign-in")
        }
        return page
    }
}
