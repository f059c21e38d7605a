import Foundation
import OAuth

/// `application/x-www-form-urlencoded`, the reading side: of queries and of form bodies.
enum DemoForm {
    /// A repeated parameter is refused (RFC 6749 §3.1).
    static func parameters(_ text: String) throws -> OAuth.Parameters {
        do {
            let pairs = text.split(separator: "&").prefix(101).map { pair in
                let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (name: decode(halves.first ?? ""), value: halves.count == 2 ? decode(halves[1]) : "")
            }
            return try OAuth.Parameters(pairs)
        } catch {
            throw DemoProblem("invalid_request", error.sentence)
        }
    }

    private static func decode(_ text: Substring) -> String {
        text.replacing("+", with: " ").removingPercentEncoding ?? ""
    }
}
