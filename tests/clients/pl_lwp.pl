# Perl's LWP::UserAgent. Modes as in pieces.py.
use strict;
use warnings;
use LWP::UserAgent;
use Time::HiRes qw(time);

my ($mode, @urls) = @ARGV;
my $start = time;
$| = 1;

sub tell_piece {
    my ($piece) = @_;
    my $ms = (time - $start) * 1000;
    $piece =~ s/\s+\z// if $mode eq 'stream';
    printf $mode eq 'stream' ? "%d %s\n" : "%2\$s", $ms, $piece;
}

for my $url (@urls) {
    my $response = LWP::UserAgent->new->get($url, ':content_cb' => \&tell_piece);
    die $response->status_line, "\n" unless $response->is_success;
    # A body that ends early is a success to LWP, with this field.
    my $died = $response->header('X-Died') || $response->header('Client-Aborted');
    die "$died\n" if $died;
}
