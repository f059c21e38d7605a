import Cryptography
import Identity
import JSON
import OAuth

/// What a browser's script does with a puzzle.
enum Solver {
    static func number(of puzzle: JSONObject) -> Int64? {
        let salt = puzzle["salt"]?.stringValue ?? ""
        let challenge = puzzle["challenge"]?.stringValue ?? ""
        return (0...(puzzle["maxnumber"]?.integerValue ?? 0)).first {
            Hex.encode(SHA256.digest(Array("\(salt)\($0)".utf8))) == challenge
        }
    }

    /// The payload, with members changed after it was solved; `nil` leaves one out.
    static func payload(_ puzzle: JSONObject, _ changes: [String: JSONValue?] = [:]) -> String {
        var object = puzzle
        object["maxnumber"] = nil
        object["number"] = number(of: puzzle).map { .integer($0) }
        for (name, value) in changes { object[name] = value }
        return Base64.encode(object.bytes())
    }
}

extension CaptchaPlace {
    static func at(
        _ form: CaptchaForm, browser: UInt8 = 1, from address: String = "203.0.113.7", email: String? = nil
    ) -> CaptchaPlace {
        CaptchaPlace(form, browser: Door.browser(browser), network: ClientNetwork(address), address: email)
    }
}
