package dev.countersign.people;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The words that passwords are made of first, with digits and signs before, between and behind, or
 * in place of letters. Also those of one's own: the address, the organisation's name in it, ours.
 */
final class GuessedWords {
    private static final int SHORTEST = 4;

    /** Fewer letters than these beside such words are no secret. */
    private static final int LEFT = 4;

    private static final List<String> WORDS =
            List.of(
                    ("countersign password passwort passw pass word motdepasse contrasena senha wachtwoord parola"
                                    + " geheim secret qwertyuiop qwertzuiop azertyuiop qwerty qwertz azerty asdfghjkl"
                                    + " asdfgh asdf zxcvbnm zxcvbn zxcv yxcvbnm qazwsxedc qazwsx qweasdzxc qweasd wsx qaz"
                                    + " letmein welcome willkommen bienvenue bienvenido hello hallo bonjour admin"
                                    + " administrator administrateur administrador root toor superuser master"
                                    + " changeme change default guest user test testing temp login access system server"
                                    + " internet computer network windows linux ubuntu google facebook microsoft apple"
                                    + " samsung iphone android company office iloveyou loveyou love lovely forever"
                                    + " princess sunshine monkey dragon shadow superman batman spiderman starwars"
                                    + " pokemon football soccer baseball basketball hockey liverpool arsenal chelsea"
                                    + " barcelona juventus realmadrid michael jordan jennifer jessica ashley daniel"
                                    + " thomas robert charlie andrew matthew nicole michelle anthony joshua hunter"
                                    + " buster ginger pepper cookie cheese banana chocolate orange purple yellow"
                                    + " silver golden diamond flower butterfly summer winter spring autumn january"
                                    + " february march april august september october november december monday"
                                    + " tuesday wednesday thursday friday saturday sunday trustno killer freedom"
                                    + " whatever nothing mustang corvette ferrari mercedes porsche yamaha abcdefgh"
                                    + " abcdef abcd abc ninja magic matrix jesus christ blessed family mother father")
                            .split(" "));

    private GuessedWords() {}

    /** Whether a password holds such words, and beside them not much. */
    static boolean littleElse(String plain, String email) {
        List<String> words = new ArrayList<>(WORDS);
        Stream.of(email.split("[^\\p{L}]+"))
                .filter(word -> word.length() >= SHORTEST)
                .forEach(words::add);
        // The longest first, so that no part of one hides it.
        words.sort(Comparator.comparingInt(String::length).reversed());
        return Stream.of(plain, plainer(plain, 'i'), plainer(plain, 'l'))
                .anyMatch(text -> littleElse(text, words));
    }

    private static boolean littleElse(String text, List<String> words) {
        String left = text;
        for (String word : words) {
            left = left.replace(word, " ");
        }
        return !left.equals(text) && left.codePoints().filter(Character::isLetter).count() < LEFT;
    }

    /** With letters where signs stand for them. */
    private static String plainer(String text, char one) {
        return text.replace('@', 'a')
                .replace('4', 'a')
                .replace('3', 'e')
                .replace('1', one)
                .replace('!', one)
                .replace('0', 'o')
                .replace('5', 's')
                .replace('$', 's')
                .replace('7', 't');
    }
}
