/// Sentences about sign-in that more than one page says.
struct SignInTexts {
    let catalogue: Catalogue

    func throttled(_ seconds: Int64) -> String {
        guard seconds > 60 else { return catalogue.text("sign_in.throttled_one") }
        return catalogue.text("sign_in.throttled", ["minutes": String((seconds + 59) / 60)])
    }
}
