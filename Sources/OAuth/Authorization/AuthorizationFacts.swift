extension Established {
    /// What an authorization request says where its checks were passed.
    package init(_ parameters: Parameters, visitor: AuthorizationEndpoint.Visitor) {
        let asked = { (names: [String]) -> ShownText? in
            let given = names.compactMap { name in parameters[name].map { "\(name)=\($0)" } }
            return given.isEmpty ? nil : .sent(given.joined(separator: " "))
        }
        // A check that was passed has compared these with what is registered, so they are known.
        values = [
            .client: .known(parameters["client_id"] ?? ""),
            .redirectAddress: parameters["redirect_uri"].map { .known($0) } ?? "none sent; the only registered one",
            .proofKey: parameters["code_challenge"] == nil ? "none, with nonce instead" : "S256",
            .resource: parameters.resources.isEmpty
                ? "none asked for" : .known(parameters.resources.joined(separator: " ")),
            .claims: parameters["claims"] == nil ? "none asked for" : "readable",
            .demands: asked(["prompt", "max_age", "acr_values"]) ?? "none",
            .browserBinding: "the browser that began",
        ]
        values[.request] = asked(["response_type", "response_mode"])
        values[.scope] = parameters["scope"].map { .known($0) }
        if let signedIn = visitor.signedIn {
            values[.session] = .known("signed in: \(signedIn.subject), at \(signedIn.time)")
            values[.factor] = .known(signedIn.level)
        }
        if visitor.signedIn == nil, let half = visitor.half {
            values[.session] = .known("half signed in: \(half.subject), at \(half.time)")
        }
        clientID = parameters["client_id"]
        subject = (visitor.signedIn ?? visitor.half)?.subject
    }
}
