import JSON
import OAuth

@testable import Web

/// `application/x-www-form-urlencoded`: bodies and query strings, and what tokens and scopes in them may be.
struct FormTarget: FuzzTarget {
    static let name = "form"

    func check(_ bytes: [UInt8]) {
        guard let pairs = try? FormDecoding.pairs(bytes) else { return }
        demand(pairs.count <= 200, "200 pairs at most")
        let again = try? FormDecoding.pairs(Array(FormEncoding.encode(pairs).utf8))
        demand(again.map { Self.areSame($0, pairs) } ?? false, "pairs that are written are read again")
        guard let parameters = try? Parameters(pairs) else { return }
        check(parameters, pairs)
        for pair in pairs { check(pair.value) }
    }

    private func check(_ parameters: Parameters, _ pairs: [(name: String, value: String)]) {
        let told = pairs.filter { !$0.value.isEmpty }
        demand(pairs.count <= 100, "100 parameters at most")
        demand(told.allSatisfy { !$0.value.utf8.contains(0) }, "no NUL")
        demand(parameters.resources.elementsEqual(told.filter { $0.name == "resource" }.map(\.value)), "resources")
        for pair in told where pair.name != "resource" {
            demand(parameters[pair.name].map { $0.isExactly(pair.value) } ?? false, "a parameter is what was sent")
            demand(told.count { $0.name.isExactly(pair.name) } == 1, "each parameter once")
        }
        demand(parameters.names.count + parameters.resources.count == told.count, "nothing that was not sent")
        demand((try? Parameters(parameters.pairs)) == parameters, "what is kept of a request is the request")
    }

    private func check(_ value: String) {
        if let scopes = try? ScopeSet(parsing: value) {
            demand((try? ScopeSet(parsing: scopes.description)) == scopes, "scopes that are written are read again")
            demand(scopes.names.count <= 64 && Set(scopes.names).count == scopes.names.count, "each scope once")
        }
        if let token = OpaqueToken(.authorizationCode, presented: value) {
            demand(token.plaintext.isExactly(value) && value.utf8.count == 47, "a code has one spelling")
            demand(OpaqueToken(.refreshToken, presented: value) == nil, "a code is no other token")
        }
        if let claims = try? ClaimsRequest(value) {
            demand(value.utf8.count <= 8192 && claims.text.isExactly(value), "claims are kept as they came")
        }
    }

    private static func areSame(_ a: [(name: String, value: String)], _ b: [(name: String, value: String)]) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { $0.name.isExactly($1.name) && $0.value.isExactly($1.value) }
    }
}
