/* zeek_history.c - a connection in letters
 *
 * The first letter is kept in the structure itself: nothing is allocated for a SYN that
 * gets no answer.
 */
#include "zeek.h"

#include <stdlib.h>

/* Letters that come once in each direction; the first three of them again, when the
 * sequence number is another. */
enum letter {
	LETTER_SYN,
	LETTER_FIN,
	LETTER_RST,
	LETTER_FIN_RST,
	LETTER_MULTI,
	LETTER_DATA,
	LETTER_ACK
};

static const char scaled_letters[ZEEK_SCALED_COUNT] = {
	[ZEEK_BAD_SUM] = 'C',
	[ZEEK_REPEAT] = 'T',
	[ZEEK_ZERO_WINDOW] = 'W',
	[ZEEK_GAP] = 'G',
};

bool zeek_make_detail(struct peers *peers)
{
	/* calloc() would not use glibc's list of what was freed last */
	struct zeek_detail *detail = malloc(sizeof(*detail));

	if (!detail)
		return false;
	*detail = (struct zeek_detail){ .text = "^" };
	if (peers->brief[1])
		detail->text[++detail->count] = peers->brief[1];
	peers->detail = detail;
	return true;
}

static const char *letters_of(const struct peers *peers)
{
	return (peers->detail ? peers->detail->text : peers->brief) + 1;
}

static bool is_upper(char letter)
{
	return letter >= 'A' && letter <= 'Z';
}

static char swap_case(char letter)
{
	return (char)(letter + (is_upper(letter) ? 'a' - 'A' : 'A' - 'a'));
}

static void add_letter(struct peers *peers, unsigned side, char letter)
{
	if (side != peers->upper)
		letter = swap_case(letter);
	if (!peers->brief[1]) {
		peers->brief[0] = '^';
		peers->brief[1] = letter;
		if (peers->detail)
			peers->detail->text[++peers->detail->count] = letter;
	} else if (zeek_need_detail(peers) && peers->detail->count < ZEEK_LETTERS) {
		peers->detail->text[++peers->detail->count] = letter;
	}
}

/* True if it was added. */
static bool add_once(struct peers *peers, unsigned side, enum letter which, char letter)
{
	uint8_t bit = (uint8_t)(1u << which);

	if (peers->end[side].letters & bit)
		return false;
	peers->end[side].letters |= bit;
	add_letter(peers, side, letter);
	return true;
}

static uint32_t *last_number(struct zeek_end_detail *detail, enum letter which)
{
	if (which == LETTER_SYN)
		return &detail->syn;
	return which == LETTER_FIN ? &detail->fin : &detail->rst;
}

static void add_numbered(struct peers *peers, unsigned side, enum letter which,
			 char letter, uint32_t number)
{
	bool added = add_once(peers, side, which, letter);
	uint32_t *last;

	if (number == 0 && !peers->detail)
		return; /* as it is in zeroed memory */
	if (!zeek_need_detail(peers))
		return;
	last = last_number(&peers->detail->end[side], which);
	if (!added && number != *last)
		add_letter(peers, side, letter);
	*last = number;
}

void zeek_spell(struct peers *peers, unsigned side, const struct te_segment *seg)
{
	uint32_t number = seg->seq - peers->end[side].start;

	switch (seg->flags & (TE_SYN | TE_FIN | TE_RST)) {
	case 0:
		if (seg->len)
			add_once(peers, side, LETTER_DATA, 'D');
		else if (seg->flags & TE_ACK)
			add_once(peers, side, LETTER_ACK, 'A');
		break;
	case TE_SYN:
		add_numbered(peers, side, LETTER_SYN, seg->flags & TE_ACK ? 'H' : 'S',
			     number);
		break;
	case TE_FIN:
		add_numbered(peers, side, LETTER_FIN, 'F', number + seg->len);
		break;
	case TE_RST:
		add_numbered(peers, side, LETTER_RST, 'R', number);
		break;
	case TE_SYN | TE_FIN:
	case TE_SYN | TE_RST:
		add_once(peers, side, LETTER_MULTI, 'Q');
		break;
	default:
		add_once(peers, side, LETTER_FIN_RST, 'I');
		break;
	}
}

static bool is_power_of_ten(uint32_t n)
{
	while (n >= 10 && n % 10 == 0)
		n /= 10;
	return n == 1;
}

void zeek_spell_scaled(struct peers *peers, unsigned side, enum zeek_scaled which)
{
	uint32_t *count;

	if (!zeek_need_detail(peers))
		return;
	count = &peers->detail->end[side].count[which];
	if (*count < UINT32_MAX && is_power_of_ten(++*count))
		add_letter(peers, side, scaled_letters[which]);
}

bool zeek_history_withdrawn(const struct peers *peers, unsigned originator)
{
	const char *letters = letters_of(peers);

	for (unsigned i = 0; letters[i]; i++) {
		char c = letters[i];

		if (peers->upper != originator)
			c = swap_case(c);
		if (i > 0 && c == 'R')
			return true;
		if (i == 0 ? c != 'S'
			   : c == 'H' || c == 'A' || c == 'F' || c == 'G' || c == 'I' ||
				 c == 'Q')
			return false;
	}
	return false;
}

static void swap_letters(char *letters)
{
	for (; *letters; letters++)
		*letters = swap_case(*letters);
}

const char *peers_zeek_history(struct peers *peers, unsigned client_side)
{
	const char *letters = letters_of(peers);

	if (!peers->begun)
		return "";
	if (client_side != peers->upper) {
		swap_letters(peers->brief + 1);
		if (peers->detail)
			swap_letters(peers->detail->text + 1);
		peers->upper = (uint8_t)client_side;
	}
	return client_side == peers->first || !*letters ? letters : letters - 1;
}
