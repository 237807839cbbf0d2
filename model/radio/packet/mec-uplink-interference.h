/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_UPLINK_INTERFERENCE_H
#define MEC_UPLINK_INTERFERENCE_H

#include "mec-exact-sum.h"

#include <cstdint>
#include <deque>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What a receiver of one band hears: any number of signals at once, each with all others as
 * interference. A value class without a simulator.
 *
 * The capacity that a signal had is the integral of B log2(1 + SINR) over its time, exact for
 * powers that are constant between starts and ends. The tracker keeps the history of the total
 * received power as far back as the oldest signal that is still there, and the maxima of all its
 * ends: the worst instant of a signal is found in O(log K), and only a signal that its worst
 * instant does not allow is integrated over its history.
 *
 * Powers are summed, a signal's own is taken off, what is left is clamped at 0, and the noise is
 * added last: added first, it would lose its digits against a signal 80 dB above it.
 *
 * Times are in ns and never go back from call to call.
 */
class MecUplinkInterference
{
  public:
    using SignalId = uint64_t; ///< names a signal

    /**
     * @param bandwidthHz B, Hz, > 0
     * @param noiseW noise over B, W, > 0
     */
    MecUplinkInterference(double bandwidthHz, double noiseW);

    /**
     * A signal begins.
     * @param nowNs when, ns
     * @param receivedW its power at the receiver, W, >= 0
     * @return its name
     */
    SignalId Start(int64_t nowNs, double receivedW);

    /**
     * A signal ends.
     * @param id its name, which is known no more after this
     * @param nowNs when, ns
     */
    void End(SignalId id, int64_t nowNs);

    /// @return power of all signals that are on the air, W
    double GetReceivedW() const;

    /// @param id a signal that has not ended @return power of all others that are on the air, W
    double GetOthersW(SignalId id) const;

    /**
     * Capacity at a signal's worst instant.
     * @param id a signal that has not ended
     * @param fromNs begin of the time to look at, ns, not before the signal's start
     * @return B log2(1 + SINR) with the largest interference from then on, bit/s; where a signal
     * starts in the same ns in which another ends, both may count, which makes it smaller
     */
    double GetWorstRateBps(SignalId id, int64_t fromNs) const;

    /**
     * Capacity of a signal over a time: the integral of B log2(1 + SINR).
     * @param id a signal that has not ended
     * @param fromNs begin, ns, not before the signal's start
     * @param untilNs end, ns, not after the last call's time
     * @return bits
     */
    double GetBits(SignalId id, int64_t fromNs, int64_t untilNs) const;

  private:
    /// A signal
    struct Signal
    {
        int64_t startNs;  ///< its start, ns
        double receivedW; ///< its power, W
        bool isLive;      ///< it has not ended
    };

    /// The total power from a time on
    struct Level
    {
        int64_t sinceNs;    ///< from when on, ns
        MecExactSum totalW; ///< power of all signals, W
    };

    /// @param id a signal @return the signal
    const Signal& Find(SignalId id) const;
    /// @param receivedW a signal's power, W @param totalW of all, W @return of all others, W
    static double GetOthersW(double receivedW, const MecExactSum& totalW);
    /// @param receivedW a signal's power, W @param totalW of all, W @return its capacity, bit/s
    double GetRateBps(double receivedW, const MecExactSum& totalW) const;
    /// @param levels ordered by time @param ns a time @return the first level that begins after it
    static std::deque<Level>::const_iterator FindAfter(const std::deque<Level>& levels, int64_t ns);
    /// The total power has changed. @param nowNs when, ns
    void NoteTotal(int64_t nowNs);

    double m_bandwidthHz;         //!< B, Hz
    double m_noiseW;              //!< noise over B, W
    std::deque<Signal> m_signals; //!< by start; the first is live
    SignalId m_firstId{0};        //!< name of the first of them
    std::size_t m_live{0};        //!< how many are live
    MecExactSum m_totalW;         //!< power of all live signals, W
    std::deque<Level> m_history;  //!< back to the start of the first signal
    std::deque<Level> m_maxima;   //!< each is larger than all after it
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_UPLINK_INTERFERENCE_H
