/// Words that passwords are commonly made of, and common passwords too long to be made of two of them (PW3).
///
/// Short on purpose: patterns (`GuessablePattern`) find what a long list would spell out, and at the default
/// minimum of 15 characters most of any list of leaked passwords is refused for its length. No figures: runs
/// and repetitions are found as such.
enum CommonPasswords {
    static let words: Set<FoldedText> = Set(
        text.split { $0.isWhitespace }.filter { $0.count >= 3 }.map { FoldedText($0) })

    private static let text = """
        pass password passwort passwd passphrase passcode motdepasse contrasena senha parola wachtwoord heslo haslo
        losenord salasana sifre kennwort geheim secret secrets mysecret private access enter entry letmein opensesame
        open sesame welcome willkommen bienvenue hello hallo login signin logon admin administrator root user guest
        test testing tester demo default changeme change temp temporary computer internet server system network
        security secure master superuser super manager support service public account mypassword mypass newpassword
        yourpassword thepassword password1 trustno1 abc123 abcd1234 qwe123 q1w2e3r4 zaq12wsx asd123 a1b2c3d4 pass123
        pass1234 passw0rd drowssap whatever nothing something anything blank none null unknown nobody iloveyou loveyou
        ilove love lover lovely loveme mylove forever always baby babygirl honey sweetheart angel angels princess prince
        queen king sunshine moonlight starlight rainbow flower flowers rose butterfly cookie cookies chocolate candy
        sugar sweet cherry banana apple orange lemon peaches strawberry pepper ginger cheese coffee pizza burger chicken
        monkey dragon tiger tigers lion eagle eagles falcon hawk raven wolf wolves bear bears panther jaguar puma cougar
        horse pony unicorn dolphin shark whale turtle spider snake cobra viper scorpion rabbit bunny kitten kitty
        puppy doggy buddy bandit shadow smokey lucky rocky rusty misty daisy bella charlie bailey maggie molly
        football soccer baseball basketball hockey tennis golf golfer cricket rugby boxing racing runner swimmer
        liverpool arsenal chelsea barcelona realmadrid juventus manchester united everton celtic rangers bayern
        yankees cowboys steelers packers raiders broncos lakers bulls celtics redsox patriots dolphins
        superman batman spiderman ironman wonderwoman captain america avengers hulk thor joker starwars skywalker vader
        yoda startrek matrix gandalf frodo legolas hobbit hogwarts harrypotter potter pokemon pikachu mario luigi zelda
        sonic naruto goku dragonball minecraft fortnite roblox warcraft starcraft counterstrike halflife nintendo
        playstation xbox google facebook youtube twitter instagram linkedin microsoft windows apple iphone android
        samsung yahoo hotmail gmail amazon netflix spotify myspace linux ubuntu oracle cisco
        mustang corvette camaro ferrari porsche mercedes toyota honda yamaha suzuki harley ducati chevy
        michael jennifer jessica michelle ashley amanda nicole daniel andrew joshua matthew anthony robert thomas
        william james john david joseph charles george richard brandon justin jordan taylor austin hunter ranger
        hannah samantha elizabeth sarah rachel melissa stephanie heather lauren alexander alexandra christian christopher
        benjamin jonathan nicholas patrick steven kevin brian martin peter paul mark eric scott jason jackson
        victoria vanessa natalie natasha sophie sabrina patricia barbara maria carlos miguel antonio francisco jose
        andrea claudia laura julia anna emma olivia sophia isabella lucas oliver leonardo gabriel rafael daniela
        mohammed ahmed fatima ibrahim ivan dmitri natalia ekaterina svetlana
        summer winter spring autumn january february march april june july august september october november december
        monday tuesday wednesday thursday friday saturday sunday birthday christmas holiday vacation summertime
        london paris berlin newyork chicago boston texas dallas california florida canada england france germany
        spain italy russia china japan india brazil mexico australia africa europe
        freedom liberty justice peace power magic wizard merlin phoenix thunder lightning hammer diamond silver golden
        crystal platinum legend warrior knight samurai ninja pirate soldier marine killer hacker slayer ghost zombie
        vampire demon devil lucifer heaven jesus christ church blessed blessing faith grace trinity savior
        blink metallica nirvana beatles slipknot eminem elvis madonna guitar music musica rockstar rock metal
        purple yellow green blue black white pink violet brown asshole fuckyou fuckme fuckoff fuck bitch bullshit
        shithead pussy sexy hottie money dollar rich million lottery casino poker winner champion success
        friend friends family mother father mommy daddy sister brother grandma school college teacher student doctor
        single boomer beautiful handsome pretty cutie smile happy crazy stupid genius awesome amazing
        correcthorsebatterystaple thequickbrownfox thequickbrownfoxjumpsoverthelazydog maytheforcebewithyou
        iloveyousomuch iloveyouforever iloveyoubaby ihateyou tobeornottobe tobeornottobethatisthequestion
        onceuponatime openthedoor letmeinplease letmeinnow ihatepasswords ineedapassword thisismypassword
        thisisapassword thisisnotapassword passwordispassword mypasswordispassword nopasswordneeded
        iforgotmypassword youllneverguess youwillneverguess neverguessthis whatsthepassword
        donttouchthis neverwalkalone youllneverwalkalone inthenameoflove allyouneedislove thereisnospoon
        winteriscoming valarmorghulis iamyourfather lukeiamyourfather livelongandprosper
        onefishtwofishredfishbluefish itsmylife ilovemyfamily ilovemymom ilovejesus jesuslovesme godisgood ingodwetrust
        jesuschrist godisgreat godislove mywifeandkids myfamily letmeinletmein adminadmin rootroot useruser
        superadmin administrador administrateur systemadmin sysadmin webmaster postmaster hostmaster
        playboy mypassphrase logmein companyname company business office enterprise factory default
        onetwothree onetwothreefour onetwothreefourfive abcdefg
        """
}
