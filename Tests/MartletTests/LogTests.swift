import Foundation
import JSON
import Logging
import OAuth
import Testing

@testable import martlet

@Suite("The log: one safe line for each event (CF1-CF4)")
struct LogTests {
    private let capture = LogCapture()
    static let nasty = "a\r\n{\"level\":\"info\"}\u{1B}[2J\u{9B}31m\u{7F}\u{2028}\u{202E}\u{FEFF}\0b"

    @Test("CF1: a line is a JSON object with UTC time, level, message, request id and the rest")
    func shape() throws {
        var logger = capture.logger(provider: .init { ["request_id": "r-1"] })
        logger[metadataKey: "room"] = "web"
        logger.info("served", metadata: ["status": "\(200)", "nested": ["a": ["b", "c"]]])
        let object = try capture.object()
        #expect(object.keys.prefix(3) == ["time", "level", "message"])
        #expect(object["time"]?.stringValue?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
        #expect(object["level"] == "info" && object["message"] == "served" && object["request_id"] == "r-1")
        #expect(object["room"] == "web" && object["status"] == "200" && object["nested"] == ["a": ["b", "c"]])
    }

    @Test("CF1: within a request every line bears its reference, security events too; outside there is none")
    func reference() throws {
        let logger = capture.logger(provider: Settings.LogSettings().handler().metadataProvider)
        RequestReference.$current.withValue("0a1b2c3d4e") {
            logger.info("served")
            LoggedAudit(logger).record(AuditEvent(.signIn, details: ["reference": "forged"]))
        }
        logger.info("swept")
        #expect(try capture.object(0)["reference"] == "0a1b2c3d4e")
        #expect(try capture.object(1)["reference"] == "0a1b2c3d4e")
        #expect(try capture.object(2)["reference"] == nil)
    }

    @Test("CF1: time is told in UTC, to the millisecond")
    func time() {
        #expect(LogLine.text(of: timespec(tv_sec: 951_782_400, tv_nsec: 7_999_999)) == "2000-02-29T00:00:00.007Z")
        #expect(LogLine.text(of: timespec(tv_sec: 0, tv_nsec: 0)) == "1970-01-01T00:00:00.000Z")
    }

    @Test(
        "CF4: no value, name or message can end the line, colour a terminal or turn its direction",
        arguments: LogFormat.allCases)
    func injection(format: LogFormat) throws {
        capture.logger(format).error(
            "\(Self.nasty)", metadata: [Self.nasty: "\(Self.nasty)", "x": [Self.nasty: ["\(Self.nasty)"]]])
        #expect(capture.lines.count == 1)
        #expect(capture.lines[0].unicodeScalars.allSatisfy { !PlainText.isTreacherous($0) })
        #expect(capture.lines[0].contains("u{1b}[2J") && capture.lines[0].contains("u{202e}"))
    }

    @Test("CF4: what JSON escaped does not come to life when it is read back")
    func readBack() throws {
        capture.logger().error("\(Self.nasty)")
        let message = try #require(try capture.object()["message"]?.stringValue)
        #expect(message.unicodeScalars.allSatisfy { !PlainText.isTreacherous($0) })
    }

    @Test("A field cannot pass for time, level or message")
    func reserved() throws {
        capture.logger().info("true", metadata: ["message": "false", "level": "critical"])
        let object = try capture.object()
        #expect(object["message"] == "true" && object["level"] == "info" && object["field_message"] == "false")
    }

    @Test("CF4: in text a value cannot pass for another field")
    func textFields() {
        capture.logger(.text).info("hello", metadata: ["a": "1 b=2", "c": "d"])
        #expect(capture.lines[0].hasSuffix(#"info     hello  a="1 b=2" c=d"#))
    }

    @Test("Ordinary writing of any language is left as it is")
    func languages() {
        for text in ["Grüße", "日本語", "עברית", "नमस्ते", "👩‍👩‍👧", "a\u{200D}b"] { #expect(PlainText.escaped(text) == text) }
    }

    @Test(
        "CF3: a field whose name is a secret's is concealed",
        arguments: [
            "password", "newPassword", "client_secret", "access-token", "refresh_token", "Authorization", "Cookie",
            "Set-Cookie",
            "code", "code_verifier", "client_assertion", "http.authorization", "setupLink", "master_key", "private_key",
            "backup_codes", "tokens", "nonce",
        ])
    func secretNames(name: String) throws {
        capture.logger().info("x", metadata: [name: "hunter2", "inner": [name: ["hunter2"]]])
        #expect(!capture.lines[0].contains("hunter2") && capture.lines[0].contains(Secrecy.mark))
    }

    @Test(
        "A field whose name only sounds like it is told",
        arguments: [
            "status_code", "http.status_code", "token_type", "error_code", "client_id", "subject", "kid", "encoded",
            "tokenID", "link_id", "keys",
            "code_challenge_method",
        ])
    func harmlessNames(name: String) throws {
        capture.logger().info("x", metadata: [name: "plain"])
        #expect(try capture.object()[name] == "plain")
    }

    @Test(
        "CF3: what looks like a token is concealed wherever it stands",
        arguments: [
            "mac_", "mat_", "mrt_", "mcs_", "mse_", "mbr_", "mpa_", "msl_",
        ])
    func tokens(prefix: String) throws {
        let token = prefix + String(repeating: "aB3-_", count: 9).prefix(43)
        capture.logger().info("got \(token).", metadata: ["path": "/setup/\(token)?x", "list": ["x\(token)"]])
        #expect(!capture.lines[0].contains(token.suffix(43)))
        #expect(try capture.object()["path"] == .string("/setup/\(Secrecy.mark)?x"))
    }

    @Test("CF3: a secret in base64 is concealed, as the path of an address too; paths stay")
    func base64() throws {
        let secret = "Zk3+9fQ/aB7xWq2+LmN4/pRs8tUv1YzC0dE+FgHiJkA="
        capture.logger().info(
            "got \(secret).", metadata: ["path": "/to/\(secret)", "file": "/var/lib/Martlet2/martlet.db"])
        #expect(try capture.object()["message"] == .string("got \(Secrecy.mark)."))
        #expect(try capture.object()["path"] == .string("/to/\(Secrecy.mark)"))
        #expect(try capture.object()["file"] == "/var/lib/Martlet2/martlet.db")
    }

    @Test("CF3: a signed token is concealed; a digest and an id are told")
    func signedTokens() throws {
        let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"
        let kid = "wbtucsQChDacmIO1Myt3tUJQAb1CiVpb3nC6riyfKWw"
        capture.logger().info("hint \(token) end", metadata: ["kid": "\(kid)"])
        #expect(try capture.object()["message"] == .string("hint \(Secrecy.mark) end"))
        #expect(try capture.object()["kid"] == .string(kid))
    }

    @Test("CF2: a security event is a line with who, which client, what and why")
    func audit() throws {
        LoggedAudit(capture.logger()).record(
            AuditEvent(
                .signInRefused, subject: "s1", clientID: "app",
                details: ["reason": "wrong password", "password": "hunter2"]))
        let object = try capture.object()
        #expect(object["event"] == "sign_in_refused" && object["message"] == "sign in refused")
        #expect(object["subject"] == "s1" && object["client_id"] == "app" && object["reason"] == "wrong password")
        #expect(object["password"] == .string(Secrecy.mark) && capture.areSecurity == [true])
    }

    @Test("CF2: details cannot take the place of who and what")
    func auditDetails() throws {
        LoggedAudit(capture.logger()).record(
            AuditEvent(
                .tokenRefused, subject: "s1", clientID: "app",
                details: ["event": "sign_in", "subject": "s2", "client_id": "x"]))
        let object = try capture.object()
        #expect(object["event"] == "token_refused" && object["subject"] == "s1" && object["client_id"] == "app")
    }

    @Test("CF2: a level of notice keeps every security event")
    func auditLevel() {
        let audit = LoggedAudit(capture.logger(level: .notice))
        audit.record(AuditEvent(.signIn))
        audit.record(AuditEvent(.reuseDetected))
        #expect(capture.lines.count == 2)
    }

    @Test("Colour is for a terminal whose owner has not refused it")
    func colour() {
        #expect(Terminal(isTerminal: true, environment: [:]).usesColour)
        #expect(Terminal(isTerminal: true, environment: ["NO_COLOR": ""]).usesColour)
        #expect(!Terminal(isTerminal: true, environment: ["NO_COLOR": "1"]).usesColour)
        #expect(!Terminal(isTerminal: true, environment: ["TERM": "dumb"]).usesColour)
        #expect(!Terminal(isTerminal: false, environment: [:]).usesColour)
    }
}
