import Identity
import Testing

@testable import martlet

@Suite("The setting profile.attributes (B033, CF7)")
struct ProfileAttributeSettingsTests {
    private static func yaml(_ lines: [String]) -> String {
        "profile:\n  attributes:\n" + lines.map { "    \($0)\n" }.joined()
    }

    @Test("Each type and option is read, from the file and from the variable alike")
    func read() throws {
        let lines = [
            "department: text, label=Department", "site: url", "agrees: boolean, scope=email, fixed",
            "size: choice(S|M|L), claim=https://example.org/size",
        ]
        let variable =
            "department=text, label=Department; site=url; agrees=boolean, scope=email, fixed; "
            + "size=choice(S|M|L), claim=https://example.org/size"
        let fromFile = try SettingsDesk.read(yaml: Self.yaml(lines)).profileAttributes
        let fromVariable = try SettingsDesk.read(["MARTLET_PROFILE_ATTRIBUTES": variable]).profileAttributes
        #expect(fromFile == fromVariable)
        #expect(fromFile.map(\.name) == ["department", "site", "agrees", "size"])
        #expect(fromFile.map(\.kind) == [.text, .url, .boolean, .choice(["S", "M", "L"])])
        #expect(fromFile.map(\.claim) == ["department", "site", "agrees", "https://example.org/size"])
        #expect(fromFile.map(\.label) == ["Department", "site", "agrees", "size"])
        #expect(fromFile.map(\.scope) == ["profile", "profile", "email", "profile"])
        #expect(fromFile.map(\.isEditable) == [true, true, false, true])
    }

    @Test(
        "What an attribute cannot be is refused with its line",
        arguments: [
            ("Department: text", "small letters"), ("d-1: text", "small letters"), ("dé: text", "small letters"),
            ("\(String(repeating: "a", count: 33)): text", "small letters"),
            ("a: number", "none of text, url"), ("a: Text", "none of text, url"), ("a: ','", "a type is missing"),
            ("a: choice", "none of text, url"), ("a: choice()", "2 to 50"), ("a: choice(x)", "2 to 50"),
            ("a: choice(x|x)", "2 to 50"), ("a: choice(x||y)", "2 to 50"), ("a: choice(x|y", "none of text, url"),
            ("a: text, colour=red", "none of label="), ("a: text, label=", "none of label="),
            ("a: text, label", "none of label="), ("a: text, fixed=no", "none of label="),
            ("a: text, label=A, label=B", "label is given twice"), ("a: text, fixed, fixed", "fixed is given twice"),
            ("a: text, label=\(String(repeating: "x", count: 61))", "at most 60"),
            (#"a: "text, label=a\nb""#, "one line"), (#"a: "text, label=\u202Ea""#, "one line"),
            ("sub: text", "means something already"), ("email: text", "means something already"),
            ("roles: text", "means something already"), ("a: text, claim=iss", "means something already"),
            ("a: text, claim=auth_time", "means something already"), ("a: text, claim=sid", "means something already"),
            ("a: text, claim=x y", "printable ASCII"), ("a: text, claim=é", "printable ASCII"),
            ("a: text, scope=openid", "tells nothing of people"),
            ("a: text, scope=offline_access", "tells nothing of people"),
            ("a: text, scope=projects", "does not define"),
        ])
    func refused(line: String, reason: String) throws {
        let faults = try SettingsDesk.faults(yaml: Self.yaml(["good: text", line]))
        #expect(faults.count == 1, "\(faults)")
        #expect(faults.allSatisfy { $0.contains(reason) && $0.hasPrefix("martlet.yaml:") }, "\(faults)")
    }

    @Test("Everything that is wrong is told at once, each fault at its own line")
    func together() throws {
        let faults = try SettingsDesk.faults(
            ["MARTLET_LISTEN_PORT": "0"],
            yaml: Self.yaml([
                "Bad: text", "size: number, colour=red, claim=sub", "one: text, claim=shared", "two: url, claim=shared",
                "three: text, claim=shared", "fine: boolean", "four: choice(x), label=A, label=B",
            ]))
        let expected = [
            ("martlet.yaml:3:5", "small letters"), ("martlet.yaml:4:5", "none of text, url"),
            ("martlet.yaml:4:5", "none of label="), ("martlet.yaml:4:5", "means something already"),
            ("martlet.yaml:6:5", "stands there twice"), ("martlet.yaml:7:5", "stands there twice"),
            ("martlet.yaml:9:5", "2 to 50"), ("martlet.yaml:9:5", "label is given twice"),
            ("MARTLET_LISTEN_PORT", "1 to 65535"),
        ]
        #expect(faults.count == expected.count, "\(faults)")
        for (fault, (place, reason)) in zip(faults, expected) {
            #expect(fault.hasPrefix(place + ":") && fault.contains(reason), "\(fault)")
        }
    }

    @Test("A name that stands there twice is refused, in the variable too, though the first was wrong")
    func twice() throws {
        let faults = try SettingsDesk.faults(["MARTLET_PROFILE_ATTRIBUTES": "a=number; a=text; b=text, claim=a"])
        #expect(faults.count == 3, "\(faults)")
        #expect(faults.count { $0.contains("stands there twice") } == 2)
        #expect(faults.allSatisfy { $0.hasPrefix("MARTLET_PROFILE_ATTRIBUTES: ") })
    }

    @Test(
        "The names of every claim that means something to apps are kept from attributes",
        arguments: [
            "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "auth_time", "nonce", "acr", "amr", "azp", "at_hash",
            "c_hash", "sid",
            "scope", "client_id", "cnf", "act", "events", "name", "given_name", "family_name", "preferred_username",
            "picture",
            "birthdate", "zoneinfo", "locale", "updated_at", "email", "email_verified", "roles",
        ])
    func reserved(claim: String) throws {
        #expect(try SettingsDesk.faults(["MARTLET_PROFILE_ATTRIBUTES": "mine=text, claim=\(claim)"]).count == 1)
    }
}
