extension SettingsCatalogue {
    static let secondFactor: [Setting] = [
        Setting(
            "second_factor.enabled", \.secondFactor.isOn, .yesOrNo,
            "Whether second factors are asked for; switched off, what people set up is kept."),
        Setting(
            "second_factor.methods", \.secondFactor.methods, .choices(),
            "Second factors that people can set up: an app's codes (totp), codes by mail, passkeys."),
        Setting(
            "second_factor.remember", \.secondFactor.remember, .span(0...30 * day),
            "How long a browser is not asked again if its person says so; 0s: never remembered."),
        Setting(
            "second_factor.attempts", \.secondFactor.attempts, .whole(3...10),
            "How many wrong codes in a row lock a person's second factors."),
        Setting("second_factor.lockout", \.secondFactor.lockout, .span(900...3600), "How long that lock lasts."),
        Setting(
            "second_factor.mail_code_lifetime", \.secondFactor.mailCodeLifetime, .span(300...900),
            "How long a mailed code is good."),
        Setting(
            "second_factor.exempt_roles", \.secondFactor.exemptRoles, .roleNames,
            "Roles, held here and in no context, whose people are not asked; never for a demanded level or age."),
        Setting(
            "second_factor.exempt_clients", \.secondFactor.exemptClients, .clientNames,
            "Apps, by client_id, that are served without it; never with a demanded level or age."),
        Setting(
            "second_factor.exempt_paths", \.secondFactor.exemptPaths, .exemptPaths,
            "Pages of this server that are shown without it, with all below them; administration never."),
        Setting(
            "second_factor.required_roles", \.secondFactor.requiredRoles, .roleNamesOrAll,
            "Roles whose people must set one up; * for everybody."),
        Setting(
            "second_factor.required_clients", \.secondFactor.requiredClients, .clientNames,
            "Apps, by client_id, whose people must set one up."),
        Setting(
            "second_factor.grace", \.secondFactor.grace, .span(0...90 * day),
            "How long they may put it off, from the first time it is asked."),
        Setting(
            "second_factor.recovery_wait", \.secondFactor.recoveryWait, .span(day...30 * day),
            "How long somebody who lost every factor waits before they get in without."),
        Setting(
            "second_factor.levels", \.secondFactor.levels, .levels,
            "Levels (acr) in rising order: how many kinds of proof each takes, and whether one resists phishing."),
        Setting(
            "second_factor.scope_levels", \.secondFactor.scopeLevels, .scopeLevels,
            "Scopes that demand a level, each with its level."),
        Setting(
            "second_factor.role_levels", \.secondFactor.roleLevels, .roleLevels,
            "Roles that demand a level of their people, each with its level."),
    ]

    private static let day: Int64 = 86_400
}
