/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "llm-mec-tests.h"

#include "ns3/double.h"
#include "ns3/speculative-acceptance.h"
#include "ns3/speculative-rate.h"
#include "ns3/speculative-session.h"
#include "ns3/speculative-verifier.h"
#include "ns3/speculative-window.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <limits>
#include <map>
#include <numeric>
#include <queue>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace ns3;
using namespace ns3::llmmec;

namespace
{

/// Closed forms that another program (Python) gave.
struct FormRow
{
    double acceptance;     //!< a
    uint32_t window;       //!< g
    double round;          //!< tokens of a conventional round
    double cycle;          //!< tokens of a cycle in lock-step
    double usefulRound;    //!< share of useful drafts, conventional
    double usefulLockStep; //!< share of useful drafts, in lock-step
};

/// Rates that another program (Python) gave, conventional, lock-step, event, streaming (0 where it
/// does not hold), and drafts a token of event.
struct RateRow
{
    double acceptance;        //!< a
    uint32_t window;          //!< g
    SpeculativeTimes times;   //!< what the parts take
    std::vector<double> perS; //!< tokens a second
    double drafted;           //!< drafts a token
};

/// @return the closed forms
std::vector<FormRow>
GetFormRows()
{
    return {
        // clang-format off
        {0.5, 1, 1.5, 1.0, 0.5, 0.5},
        {0.5, 2, 1.75, 1.2000000000000002, 0.375, 0.30000000000000004},
        {0.5, 4, 1.9375, 1.3043478260869565, 0.234375, 0.16304347826086957},
        {0.5, 8, 1.99609375, 1.3315926892950392, 0.12451171875, 0.08322454308093995},
        {0.5, 15, 1.999969482421875, 1.3333197696893246, 0.06666463216145833, 0.04444399232297749},
        {0.5, 25, 1.9999999701976776, 1.3333333200878565, 0.039999998807907104, 0.02666666640175713},
        {0.6, 1, 1.5999999999999999, 1.0, 0.6, 0.6},
        {0.6, 2, 1.96, 1.2903225806451613, 0.48, 0.3870967741935484},
        {0.6, 4, 2.3056, 1.4798694232861807, 0.3264, 0.2219804134929271},
        {0.6, 8, 2.4748057599999997, 1.5525540918344412, 0.18435072, 0.11644155688758308},
        {0.6, 15, 2.499294722523136, 1.5622244200021143, 0.09995298150154239, 0.06248897680008457},
        {0.6, 25, 2.4999957354567957, 1.5624983341598506, 0.05999982941827181, 0.03749996001983641},
        {0.7, 1, 1.6999999999999997, 1.0, 0.7, 0.7},
        {0.7, 2, 2.19, 1.4049586776859506, 0.5949999999999999, 0.49173553719008267},
        {0.7, 4, 2.7731, 1.7350503459141038, 0.4432749999999999, 0.30363381053496813},
        {0.7, 8, 3.1988213099999996, 1.9126066270361446, 0.27485266374999995, 0.16735307986566264},
        {0.7, 15, 3.3222556898101323, 1.9569404844832776, 0.15481704598734217, 0.09132388927588629},
        {0.7, 25, 3.3330204173220777, 1.9606760297469377, 0.09332081669288313, 0.05489892883291425},
        {0.8, 1, 1.7999999999999998, 1.0, 0.8, 0.8},
        {0.8, 2, 2.44, 1.5517241379310343, 0.72, 0.6206896551724137},
        {0.8, 4, 3.3616, 2.1231300345224398, 0.5904, 0.424626006904488},
        {0.8, 8, 4.32891136, 2.5493617361654612, 0.4161139200000001, 0.25493617361654614},
        {0.8, 15, 4.859262511644673, 2.7334742866401345, 0.2572841674429782, 0.14578529528747383},
        {0.8, 25, 4.984888427254818, 2.7731039024480393, 0.15939553709019275, 0.08873932487833726},
        {0.9, 1, 1.9, 1.0, 0.9, 0.9},
        {0.9, 2, 2.7099999999999995, 1.7431192660550459, 0.855, 0.7844036697247706},
        {0.9, 4, 4.0951, 2.7646916954739127, 0.7737750000000002, 0.6220556314816303},
        {0.9, 8, 6.12579511, 3.87560450420436, 0.64072438875, 0.43600550672299054},
        {0.9, 15, 8.14697981114816, 4.687472469742821, 0.4764653207432107, 0.28124834818456923},
        {0.9, 25, 9.353891811077334, 5.077152510175861, 0.33415567244309335, 0.182777490366331},
        {0.95, 1, 1.9499999999999988, 1.0, 0.95, 0.95},
        {0.95, 2, 2.8524999999999996, 1.8615751789976125, 0.9262499999999995, 0.8842482100238659},
        {0.95, 4, 4.52438125, 3.2671910347370905, 0.8810953124999997, 0.775957870750059},
        {0.95, 8, 7.395011805507812, 5.232160946690091, 0.7993764756884764, 0.6213191124194483},
        {0.95, 15, 11.197466626964683, 7.220092875323767, 0.679831108464312, 0.4572725487705052},
        {0.95, 25, 14.729598110685146, 8.640510847787521, 0.5491839244274058, 0.3283394122159258},
        // clang-format on
    };
}

/// @return the rates
std::vector<RateRow>
GetRateRows()
{
    return {
        // clang-format off
        {0.5, 4, {0.01, 0.004, 0, 0.015, 0.002, 0.012}, {31.762295081967213, 32.608695652173914, 52.86343612334802, 52.86343612334802}, 1.8166666666666667},
        {0.8, 4, {0.01, 0.004, 0, 0.015, 0.002, 0.012}, {55.10819672131148, 53.078250863060994, 68.11938799621929, 68.11938799621929}, 1.4440108401084009},
        {0.8, 4, {0.01, 0.03, 0, 0.015, 0.002, 0.012}, {38.63908045977012, 45.17297945792425, 50.97586313602405, 53.078250863060994}, 1.7640108401084007},
        {0.8, 8, {0.01, 0.02, 0, 0.02, 0.005, 0.012}, {34.63129088, 31.867021702068264, 43.36437561125697, 43.36437561125697}, 2.218040352026675},
        {0.9, 8, {0.01, 0.1, 0, 0.02, 0.005, 0.012}, {29.88192736585366, 31.00483603363488, 36.93712483950518, 0}, 1.9941941125110638},
        {0.9, 15, {0.008, 0.01, 0, 0.03, 0.005, 0.02}, {49.37563521907976, 39.06227058119018, 56.02193708376584, 56.02193708376584}, 2.1700187940992803},
        {0.95, 25, {0.008, 0.05, 0, 0.03, 0.01, 0.02}, {50.79171762305222, 43.2025542389376, 57.235154310862754, 57.235154310862754}, 2.1708474467428585},
        {0.7, 2, {0.012, 0.002, 0, 0.01, 0.001, 0.01}, {59.18918918918918, 58.53994490358127, 73.03346651200756, 73.03346651200756}, 1.123529411764706},
        // clang-format on
    };
}

const std::vector<SpeculativeMode> MODES = {SpeculativeMode::CONVENTIONAL,
                                            SpeculativeMode::LOCK_STEP,
                                            SpeculativeMode::EVENT,
                                            SpeculativeMode::STREAMING}; //!< all

/**
 * @ingroup llm-mec-tests
 * @brief A device with radio and server for itself, in which all takes constant time: drives a
 * session from event to event.
 */
class LoneDevice
{
  public:
    /// @param mode who waits for whom @param window g @param times what the parts take
    /// @param target the target's text @param draft the draft's token after each prefix of it
    /// @param aheadPasses of the verifier
    LoneDevice(SpeculativeMode mode,
               uint32_t window,
               const SpeculativeTimes& times,
               const std::vector<uint32_t>& target,
               const std::vector<uint32_t>& draft,
               uint32_t aheadPasses = 1000,
               const std::vector<std::pair<double, double>>& handovers = {})
        : session(mode, window, target.size(), aheadPasses),
          m_verifier(mode, aheadPasses, target),
          m_times(times),
          m_draft(draft)
    {
        // The answer begins when the prompt is there.
        m_verifier.Add({{}, session.TakePreVerify()});
        for (const auto& [timeS, durationS] : handovers)
        {
            Push(timeS, Kind::HANDOVER, 0);
            Push(timeS + durationS, Kind::ARRIVED, 0);
        }
    }

    /// @return time until the answer is there, s
    double Run()
    {
        while (!session.IsDone())
        {
            Act();
            if (m_events.empty())
            {
                throw std::logic_error("device and server wait for each other");
            }
            const Event event = m_events.top();
            m_events.pop();
            m_nowS = event.timeS;
            Take(event);
        }
        return m_nowS;
    }

    SpeculativeSession session; //!< what is driven
    uint64_t passes{0};         //!< of the server that are complete
    uint64_t handovers{0};      //!< times that the answer has changed its server
    uint64_t interrupted{0};    //!< of them in the middle of a pass

  private:
    /// What happens
    enum class Kind
    {
        DRAFT,    //!< the device has written a draft
        ARRIVAL,  //!< a message is at the server
        PASS,     //!< the server has computed
        VERDICT,  //!< a verdict is at the device
        HANDOVER, //!< the answer leaves its server
        ARRIVED   //!< the other server has what it needs
    };

    /// Something that happens
    struct Event
    {
        double timeS{0};        //!< when, s
        uint64_t order{0};      //!< of events at the same time
        Kind kind{Kind::DRAFT}; //!< what
        uint64_t epoch{0};      //!< of the session, or number of the pass, that it is for

        /// @param other another @return whether this is later
        bool operator<(const Event& other) const
        {
            return timeS != other.timeS ? timeS > other.timeS : order > other.order;
        }
    };

    /// @param event that happens now
    void Take(const Event& event)
    {
        switch (event.kind)
        {
        case Kind::DRAFT:
            if (event.epoch == session.GetRestarts())
            {
                m_isDrafting = false;
                session.AddDraft(m_draft[session.GetNextPosition()]);
            }
            break;
        case Kind::ARRIVAL:
            m_verifier.Add(m_uploads.front());
            m_uploads.pop_front();
            break;
        case Kind::PASS:
            if (event.epoch == m_pass)
            {
                ++passes;
                m_isComputing = false;
                if (const auto verdict = m_verifier.EndPass())
                {
                    m_verdicts.push_back(*verdict);
                    Push(m_nowS + m_times.downlinkS, Kind::VERDICT, 0);
                }
            }
            break;
        case Kind::VERDICT:
            session.AddVerdict(m_verdicts.front());
            m_verdicts.pop_front();
            break;
        case Kind::HANDOVER:
            ++m_away;
            ++handovers;
            interrupted += m_isComputing;
            m_verifier.HandOver();
            m_isComputing = false;
            ++m_pass;
            break;
        case Kind::ARRIVED:
            --m_away;
            break;
        }
    }

    /// Do what the session and the verifier want.
    void Act()
    {
        if (session.GetRestarts() != m_epoch)
        {
            // What the device was writing or sending is given up.
            m_epoch = session.GetRestarts();
            m_isDrafting = false;
            m_uplinkFreeS = 0;
        }
        if (session.WantsPreVerify())
        {
            Send({{}, session.TakePreVerify()});
        }
        while (const auto window = session.TakeWindow())
        {
            Send({*window, {}});
        }
        if (session.WantsDraft() && !m_isDrafting)
        {
            m_isDrafting = true;
            Push(m_nowS + m_times.draftTokenS, Kind::DRAFT, session.GetRestarts());
        }
        if (m_away > 0)
        {
            return; // between servers; what arrives is kept
        }
        if (m_verifier.WantsWithdrawal())
        {
            m_verifier.WithdrawPass();
            m_isComputing = false;
            ++m_pass;
        }
        const auto pass = m_isComputing ? std::nullopt : m_verifier.TakePass();
        if (pass)
        {
            m_isComputing = true;
            const bool isShort = pass->isPre && pass->rows == 1;
            Push(m_nowS + (isShort ? m_times.preVerifyS : m_times.verifyS), Kind::PASS, ++m_pass);
        }
    }

    /// @param upload what the device sends
    void Send(const SpeculativeUpload& upload)
    {
        m_uplinkFreeS = std::max(m_nowS, m_uplinkFreeS) + m_times.uplinkS;
        m_uploads.push_back(upload);
        Push(m_uplinkFreeS, Kind::ARRIVAL, 0);
    }

    /// @param timeS when, s @param kind what @param epoch of the session, or number of the pass
    void Push(double timeS, Kind kind, uint64_t epoch)
    {
        m_events.push({timeS, m_order++, kind, epoch});
    }

    SpeculativeVerifier m_verifier;          //!< the server's side
    SpeculativeTimes m_times;                //!< what the parts take
    std::vector<uint32_t> m_draft;           //!< the draft's tokens
    std::priority_queue<Event> m_events;     //!< to come
    std::deque<SpeculativeUpload> m_uploads; //!< on their way, in order
    std::deque<DraftVerdict> m_verdicts;     //!< on their way, in order
    double m_nowS{0};                        //!< time, s
    double m_uplinkFreeS{0};                 //!< when the radio is free, s
    uint64_t m_order{0};                     //!< of the next event
    uint64_t m_epoch{0};                     //!< of the session when it last acted
    uint64_t m_pass{0};                      //!< number of the pass under way
    bool m_isDrafting{false};                //!< whether a draft is being written
    bool m_isComputing{false};               //!< whether a pass is under way
    int m_away{0};                           //!< handovers that are under way
};

/// @param acceptance says which drafts are right @param tokens length @return a target's text and
/// the draft's token after each of its prefixes
std::pair<std::vector<uint32_t>, std::vector<uint32_t>>
MakeTexts(const Ptr<DraftAcceptance>& acceptance, std::size_t tokens)
{
    std::vector<uint32_t> target;
    std::vector<uint32_t> draft;
    acceptance->BeginAnswer();
    for (std::size_t i = 0; i < tokens; ++i)
    {
        target.push_back(static_cast<uint32_t>(i % 1000));
        draft.push_back(target.back() + (acceptance->IsRight(i, 0) ? 0 : 5000));
    }
    return {target, draft};
}

} // namespace

/**
 * @ingroup llm-mec-tests
 * @brief Cases of speculative decoding without a simulator; each runs one of the checks below.
 */
class SpeculativeDecodingTestCase : public TestCase
{
  public:
    using Check = void (SpeculativeDecodingTestCase::*)(); ///< what a case does

    /// @param name what the case checks @param check what to do
    SpeculativeDecodingTestCase(const std::string& name, Check check)
        : TestCase("speculative decoding: " + name),
          m_check(check)
    {
    }

    /// Closed forms against those of another program.
    void CheckForms()
    {
        const SpeculativeTimes none;
        for (const FormRow& row : GetFormRows())
        {
            const double a = row.acceptance;
            const uint32_t g = row.window;
            ExpectNear(TokensPerRound(a, g), row.round, 1e-12, "round");
            ExpectNear(TokensPerCycle(a, g), row.cycle, 1e-12, "cycle");
            ExpectNear(UsefulDraftShare(SpeculativeMode::CONVENTIONAL, a, g, none),
                       row.usefulRound,
                       1e-12,
                       "useful, conventional");
            ExpectNear(UsefulDraftShare(SpeculativeMode::LOCK_STEP, a, g, none),
                       row.usefulLockStep,
                       1e-12,
                       "useful, lock-step");
        }
        for (const RateRow& row : GetRateRows())
        {
            for (std::size_t i = 0; i < MODES.size(); ++i)
            {
                if (row.perS[i] > 0)
                {
                    ExpectNear(SpeculativeRatePerS(MODES[i], row.acceptance, row.window, row.times),
                               row.perS[i],
                               1e-12,
                               "rate");
                }
            }
            ExpectNear(
                DraftedPerToken(SpeculativeMode::EVENT, row.acceptance, row.window, row.times),
                row.drafted,
                1e-12,
                "drafts a token");
        }
    }

    /// All drafts right, or none: what the forms become there.
    void CheckEnds()
    {
        const SpeculativeTimes times{0.01, 0.004, 0.001, 0.015, 0.002, 0.012};
        ExpectNear(TokensPerRound(1, 7), 8, 1e-12, "a round of right drafts");
        ExpectNear(TokensPerCycle(1, 7), 7, 1e-12, "a cycle of right drafts");
        ExpectNear(TokensPerRound(0, 7), 1, 1e-12, "a round of wrong drafts");
        ExpectNear(TokensPerCycle(0, 7), 1, 1e-12, "a cycle of wrong drafts");
        ExpectNear(SpeculativeRatePerS(SpeculativeMode::EVENT, 1, 4, times),
                   4 / 0.04,
                   1e-12,
                   "no draft waits");
        ExpectNear(SpeculativeRatePerS(SpeculativeMode::EVENT, 0, 4, times),
                   1 / 0.012,
                   1e-12,
                   "each token is pre-verified");
        ExpectNear(times.GetRoundTripS(4), 0.025, 1e-12, "round trip");
    }

    /// Sessions with constant times, from event to event, against the closed forms, within 1 % at
    /// 400,000 tokens.
    void CheckRates()
    {
        auto acceptance = CreateObject<ConstantAcceptance>();
        int64_t stream = 1;
        for (const RateRow& row : GetRateRows())
        {
            acceptance->SetAttribute("Rate", DoubleValue(row.acceptance));
            acceptance->AssignStreams(stream++);
            const auto [target, draft] = MakeTexts(acceptance, 400000);
            for (std::size_t i = 0; i < 3; ++i)
            {
                LoneDevice device(MODES[i], row.window, row.times, target, draft);
                const double perS = static_cast<double>(target.size()) / device.Run();
                ExpectNear(perS, row.perS[i], 0.01, "rate of mode " + std::to_string(i));
                NS_TEST_EXPECT_MSG_EQ((device.session.GetAnswer() == target), true, "the text");
                const double drafted = static_cast<double>(device.session.GetDrafted()) /
                                       static_cast<double>(target.size());
                ExpectNear(drafted,
                           DraftedPerToken(MODES[i], row.acceptance, row.window, row.times),
                           0.02,
                           "drafts a token of mode " + std::to_string(i));
            }
        }
    }

    /// Windows without end in flight, where the reply takes longer than the drafting.
    void CheckStreaming()
    {
        const std::vector<RateRow> rows = {
            {0.8, 4, {0.010, 0.030, 0, 0.015, 0.030, 0.012}, {}, 0},
            {0.9, 8, {0.010, 0.070, 0, 0.020, 0.060, 0.012}, {}, 0},
            {0.95, 4, {0.010, 0.030, 0, 0.030, 0.100, 0.012}, {}, 0},
        };
        auto acceptance = CreateObject<ConstantAcceptance>();
        for (const RateRow& row : rows)
        {
            acceptance->SetAttribute("Rate", DoubleValue(row.acceptance));
            acceptance->AssignStreams(77);
            const auto [target, draft] = MakeTexts(acceptance, 400000);
            for (const auto mode : {SpeculativeMode::EVENT, SpeculativeMode::STREAMING})
            {
                LoneDevice device(mode, row.window, row.times, target, draft);
                ExpectNear(static_cast<double>(target.size()) / device.Run(),
                           SpeculativeRatePerS(mode, row.acceptance, row.window, row.times),
                           0.01,
                           "rate");
            }
        }
    }

    /// Where the target's next token takes long, parallel decoding is slower than conventional.
    void CheckSlowPreVerify()
    {
        // B is 20 ms, L 200 ms and P 160 ms.
        const SpeculativeTimes times{0.005, 0.02, 0, 0.16, 0.02, 0.16};
        auto acceptance = CreateObject<ConstantAcceptance>();
        acceptance->AssignStreams(5);
        const auto [target, draft] = MakeTexts(acceptance, 100000);
        LoneDevice conventional(SpeculativeMode::CONVENTIONAL, 4, times, target, draft);
        LoneDevice event(SpeculativeMode::EVENT, 4, times, target, draft);
        NS_TEST_EXPECT_MSG_GT(event.Run(), 1.2 * conventional.Run(), "parallel is slower");
    }

    /// Published runs of nano-PEARL (docs/bench_summary_l40s.md at 6d187e3, batch 1): tokens of a
    /// step by the closed form, with one window for each pair of models.
    void CheckPublishedRuns()
    {
        struct Run
        {
            double tokens;   // in all, 100 steps for each prompt
            double arTokens; // of 200 for each prompt
            double mat;      // tokens of a renewal
        };

        struct Pair
        {
            uint32_t window;
            std::vector<Run> runs; // AIME, CNNDM, GSM8K, HumanEval
        };

        const std::vector<Pair> pairs = {
            {9,
             {{28790, 12000, 14.93},
              {28550, 25600, 3.81},
              {43410, 25600, 7.26},
              {50420, 25600, 9.54}}},
            {6,
             {{23968, 12000, 17.09},
              {28670, 25600, 4.15},
              {38797, 25600, 7.61},
              {43735, 25600, 10.33}}},
            {6,
             {{16573, 12000, 6.46},
              {23509, 25600, 3.15},
              {36829, 25600, 6.91},
              {28896, 25600, 4.37}}},
            {5,
             {{17127, 12000, 7.74},
              {25794, 25600, 3.84},
              {37938, 25600, 8.73},
              {29618, 25600, 5.07}}},
            {12,
             {{23207, 12000, 8.42},
              {37517, 25600, 5.37},
              {85060, 25600, 24.02},
              {68898, 25600, 12.87}}},
            {7,
             {{21708, 12000, 10.33},
              {39521, 25600, 7.20},
              {60758, 25600, 22.91},
              {59519, 25600, 20.76}}},
        };
        double squares = 0;
        double worst = 0;
        for (const Pair& pair : pairs)
        {
            for (const Run& run : pair.runs)
            {
                const double measured = run.tokens / (100 * run.arTokens / 200);
                const double error =
                    std::log(measured / TokensPerCycle(1 - 1 / run.mat, pair.window));
                squares += error * error / 24;
                worst = std::max(worst, std::abs(error));
            }
        }
        NS_TEST_EXPECT_MSG_LT(std::sqrt(squares), 0.035, "rms error");
        NS_TEST_EXPECT_MSG_LT(worst, 0.065, "worst error");
    }

    /// The answer is the target's own text, for random texts, windows, modes and times, and the
    /// books of drafts balance.
    void CheckLossless()
    {
        std::mt19937 random(31415);
        const auto draw = [&random](double most) {
            return most * std::generate_canonical<double, 53>(random);
        };
        for (int run = 0; run < 2000; ++run)
        {
            const std::size_t tokens = 1 + random() % (run % 10 == 0 ? 2000 : 60);
            std::vector<uint32_t> target;
            std::vector<uint32_t> draft;
            for (std::size_t i = 0; i < tokens; ++i)
            {
                target.push_back(random() % 4);
                draft.push_back(random() % 3 == 0 ? random() % 4 : target.back());
            }
            const SpeculativeTimes times{1e-3 + draw(0.02),
                                         draw(0.05),
                                         0,
                                         draw(0.05),
                                         draw(0.02),
                                         draw(0.05)};
            const auto mode = MODES[random() % MODES.size()];
            constexpr std::array<uint32_t, 4> aheadPasses = {0, 1, 3, 1000};
            const uint32_t window = 1 + random() % 9;
            LoneDevice device(mode, window, times, target, draft, aheadPasses[random() % 4]);
            device.Run();
            const SpeculativeSession& session = device.session;
            NS_TEST_ASSERT_MSG_EQ((session.GetAnswer() == target), true, "the target's text");
            uint64_t drafted = 0;
            uint64_t accepted = 0;
            for (const DraftCount& count : session.GetCounts())
            {
                NS_TEST_ASSERT_MSG_EQ((count.accepted <= count.drafted), true, "at each place");
                drafted += count.drafted;
                accepted += count.accepted;
            }
            NS_TEST_ASSERT_MSG_EQ(drafted, session.GetDrafted(), "drafts by place");
            NS_TEST_ASSERT_MSG_EQ(accepted, session.GetAccepted(), "accepted by place");
            // What is not a draft is a token that the target gave at a restart, or at the end.
            const uint64_t own = tokens - accepted;
            NS_TEST_ASSERT_MSG_EQ(
                (own == session.GetRestarts() || own == session.GetRestarts() + 1),
                true,
                "tokens of the target's own");
        }
    }

    /// A slow pass ahead is under way while a window that the device has given up arrives, and then
    /// windows of its next restart, which a pass ahead has told it of: these are verified.
    void CheckWindowsOfTwoRestarts()
    {
        std::vector<uint32_t> target(20);
        std::iota(target.begin(), target.end(), 0);
        SpeculativeVerifier verifier(SpeculativeMode::STREAMING, 1000, target);
        verifier.Add({{}, {0, 0, 0}});
        NS_TEST_ASSERT_MSG_EQ(verifier.TakePass()->isPre, true, "the prompt");
        NS_TEST_EXPECT_MSG_EQ(verifier.EndPass()->known, 1, "its token");
        NS_TEST_ASSERT_MSG_EQ(verifier.TakePass()->isAhead, true, "ahead");
        verifier.Add({{0, 0, {0}}, {}});
        NS_TEST_ASSERT_MSG_EQ(verifier.WantsWithdrawal(), true, "a window comes first");
        verifier.WithdrawPass();
        NS_TEST_ASSERT_MSG_EQ(verifier.TakePass()->isPre, false, "the window");
        NS_TEST_EXPECT_MSG_EQ(verifier.EndPass()->known, 2, "right, and the token after it");
        NS_TEST_ASSERT_MSG_EQ(verifier.TakePass()->isAhead, true, "ahead of the first restart");
        const auto ahead = verifier.EndPass();
        NS_TEST_EXPECT_MSG_EQ(ahead->epoch, 1, "restart");
        NS_TEST_EXPECT_MSG_EQ(ahead->known, 3, "its token");
        NS_TEST_ASSERT_MSG_EQ(verifier.TakePass()->isAhead, true, "ahead of the second, slow");
        constexpr uint32_t wrong = 5000;
        verifier.Add({{0, 1, {wrong}}, {}});
        NS_TEST_EXPECT_MSG_EQ(verifier.WantsWithdrawal(), false, "given up by the device");
        verifier.Add({{1, 2, {2}}, {}});
        verifier.Add({{1, 3, {wrong}}, {}});
        verifier.EndPass();
        const auto pass = verifier.TakePass();
        NS_TEST_ASSERT_MSG_EQ((pass && !pass->isPre), true, "a window of the first restart");
        NS_TEST_EXPECT_MSG_EQ(pass->tokens, 3, "its first");
        NS_TEST_EXPECT_MSG_EQ(verifier.EndPass()->known, 4, "right");
        NS_TEST_ASSERT_MSG_EQ(verifier.TakePass()->isPre, true, "its second is wrong at once");
        NS_TEST_EXPECT_MSG_EQ(verifier.EndPass()->known, 5, "the token of the second restart");
    }

    /// 1,000 mobile runs: an answer that changes its server at random times, also in the middle of
    /// passes and while messages are on their way, is the target's own text, with no token lost or
    /// given twice.
    void CheckHandovers()
    {
        std::mt19937 random(2718);
        const auto draw = [&random](double most) {
            return most * std::generate_canonical<double, 53>(random);
        };
        uint64_t handovers = 0;
        uint64_t interrupted = 0;
        for (int run = 0; run < 1000; ++run)
        {
            const std::size_t tokens = 5 + random() % 100;
            std::vector<uint32_t> target;
            std::vector<uint32_t> draft;
            for (std::size_t i = 0; i < tokens; ++i)
            {
                target.push_back(static_cast<uint32_t>(i)); // a token given twice would be seen
                draft.push_back(random() % 4 == 0 ? 5000 : target.back());
            }
            const SpeculativeTimes times{1e-3 + draw(0.02),
                                         draw(0.05),
                                         0,
                                         draw(0.05),
                                         draw(0.02),
                                         draw(0.05)};
            std::vector<std::pair<double, double>> moves;
            for (double timeS = draw(.3); moves.size() < 50; timeS += .01 + draw(.3))
            {
                moves.emplace_back(timeS, draw(.2)); // the next one may come before the end
            }
            const auto mode = MODES[random() % MODES.size()];
            constexpr std::array<uint32_t, 4> aheadPasses = {0, 1, 3, 1000};
            const uint32_t window = 1 + random() % 9;
            const uint32_t ahead = aheadPasses[random() % 4];
            LoneDevice device(mode, window, times, target, draft, ahead, moves);
            device.Run();
            NS_TEST_ASSERT_MSG_EQ((device.session.GetAnswer() == target),
                                  true,
                                  "the target's text, run " << run);
            handovers += device.handovers;
            interrupted += device.interrupted;
        }
        NS_TEST_EXPECT_MSG_GT(handovers, 2000, "handovers");
        NS_TEST_EXPECT_MSG_GT(interrupted, 500, "in the middle of a pass");
    }

    /// Verdicts of before a restart are passed over; calls that make no sense are refused.
    void CheckStrayCalls()
    {
        SpeculativeSession session(SpeculativeMode::STREAMING, 2, 10);
        session.AddDraft(1);
        DraftVerdict verdict = VerifyRestart(session.TakePreVerify(), {7, 8});
        NS_TEST_EXPECT_MSG_EQ(session.WantsPreVerify(), false, "once");
        session.AddVerdict(verdict);
        NS_TEST_EXPECT_MSG_EQ(session.GetRestarts(), 1, "the first draft was wrong");
        session.AddVerdict(verdict);
        NS_TEST_EXPECT_MSG_EQ(session.GetAnswer().size(), 1, "the same again says nothing");
        verdict.epoch = 1;
        verdict.known = 11;
        ExpectRefused([&] { session.AddVerdict(verdict); }, "11 tokens, expected 1 to 10");
        SpeculativeSession waiting(SpeculativeMode::CONVENTIONAL, 1, 10);
        waiting.AddDraft(1);
        ExpectRefused([&] { waiting.AddDraft(1); }, "was not wanted");
    }

    /// Lock-step is faster than conventional decoding between the two rates, and slower outside.
    void CheckBreakEven()
    {
        // With a header of 320 bits, 16 bits a token, 10 ms a draft and 20 ms for the rest.
        const BreakEvenUplink ids = GetBreakEvenUplink(0.8, 8, 0.01, 320 + 8 * 16, 0.02);
        ExpectNear(ids.lowBps, 4740, 0.002, "lower rate");
        ExpectNear(ids.highBps, 12500, 0.005, "higher rate");
        const auto gainAt = [](double uplinkBps) {
            const SpeculativeTimes times{0.01, 448 / uplinkBps, 0, 0.018, 0.002, 0.01};
            return SpeculativeRatePerS(SpeculativeMode::LOCK_STEP, 0.8, 8, times) /
                   SpeculativeRatePerS(SpeculativeMode::CONVENTIONAL, 0.8, 8, times);
        };
        for (const double bps : {ids.lowBps, ids.highBps})
        {
            ExpectNear(gainAt(bps), 1, 1e-9, "equally fast");
        }
        NS_TEST_EXPECT_MSG_GT(gainAt(8000), 1, "in between");
        NS_TEST_EXPECT_MSG_LT(gainAt(4000), 1, "below");
        NS_TEST_EXPECT_MSG_LT(gainAt(20000), 1, "above");
        // The whole distribution in 16 bits a word of the vocabulary.
        const BreakEvenUplink whole = GetBreakEvenUplink(0.8, 8, 0.01, 320 + 8 * 804112.0, 0.02);
        ExpectNear(whole.lowBps, 68e6, 0.01, "lower rate");
        ExpectNear(whole.highBps, 180e6, 0.01, "higher rate");
        NS_TEST_EXPECT_MSG_EQ(GetBreakEvenUplink(0.8, 1, 0.001, 336, 0.02).highBps,
                              std::numeric_limits<double>::infinity(),
                              "no rate is too high");
    }

    /// Best windows, of the research table: at L = c t_d and P = t_d.
    void CheckBestWindows()
    {
        struct Row
        {
            double acceptance;
            std::vector<std::vector<uint32_t>> best; // for c = 2, 4, 8, 15, 25, 50
        };

        const std::vector<Row> rows = {
            {0.7, {{1, 2, 2}, {2, 4, 3}, {4, 8, 4}, {5, 15, 6}, {6, 25, 7}, {8, 50, 8}}},
            {0.8, {{2, 2, 2}, {3, 4, 4}, {5, 8, 6}, {7, 15, 7}, {9, 25, 9}, {11, 50, 12}}},
            {0.9, {{3, 2, 2}, {6, 4, 4}, {9, 8, 8}, {12, 15, 11}, {15, 25, 14}, {19, 50, 19}}},
            {0.95, {{5, 2, 2}, {9, 4, 4}, {13, 8, 8}, {18, 15, 15}, {23, 25, 21}, {31, 50, 29}}},
        };
        const std::vector<double> c = {2, 4, 8, 15, 25, 50};
        for (const Row& row : rows)
        {
            for (std::size_t i = 0; i < c.size(); ++i)
            {
                const SpeculativeTimes times{1, 0, 0, c[i], 0, 1};
                for (std::size_t mode = 0; mode < 3; ++mode)
                {
                    NS_TEST_EXPECT_MSG_EQ(BestWindow(MODES[mode], row.acceptance, times, 200),
                                          row.best[i][mode],
                                          "a = " << row.acceptance << ", c = " << c[i] << ", mode "
                                                 << mode);
                }
            }
        }
    }

    /// Window policies: fixed, by the closed form, and with an estimate that finds the rate.
    void CheckWindowPolicies()
    {
        const SpeculativeTimes times{1, 0, 0, 15, 0, 1};
        auto fixed = CreateObject<FixedWindow>();
        fixed->SetAttribute("Window", UintegerValue(6));
        NS_TEST_EXPECT_MSG_EQ(fixed->Choose(SpeculativeMode::EVENT, times), 6, "fixed");
        auto optimal = CreateObject<OptimalWindow>();
        optimal->SetAttribute("Acceptance", DoubleValue(0.9));
        NS_TEST_EXPECT_MSG_EQ(optimal->Choose(SpeculativeMode::CONVENTIONAL, times), 12, "optimal");
        auto estimated = CreateObject<EstimatedWindow>();
        NS_TEST_EXPECT_MSG_EQ_TOL(estimated->GetEstimate(), 0.75, 1e-12, "the prior");
        estimated->Learn(9000, 1000);
        NS_TEST_EXPECT_MSG_EQ_TOL(estimated->GetEstimate(), 0.9, 1e-3, "the rate");
        NS_TEST_EXPECT_MSG_EQ(estimated->Choose(SpeculativeMode::CONVENTIONAL, times),
                              12,
                              "window");
        estimated->BeginAnswer();
        NS_TEST_EXPECT_MSG_EQ_TOL(estimated->GetEstimate(), 0.75, 1e-12, "another answer");
        CheckForgetting(*estimated);
    }

    /// What an estimate with a memory counts is a geometric series. @param estimated a policy at
    /// the begin of an answer
    void CheckForgetting(EstimatedWindow& estimated)
    {
        constexpr double memory = 20;
        estimated.SetAttribute("Memory", DoubleValue(memory));
        for (int i = 0; i < 2000; ++i)
        {
            estimated.Learn(1, 0);
        }
        const double right = 1 / (1 - std::exp(-1 / memory));
        ExpectNear(estimated.GetEstimate(), (3 + right) / (4 + right), 1e-9, "all are right");
        estimated.Learn(0, 1);
        const double kept = std::exp(-1 / memory) * right;
        ExpectNear(estimated.GetEstimate(), (3 + kept) / (5 + kept), 1e-9, "one is wrong");
    }

    /// Acceptance: rates, places, the Beta distribution's moments, and transcripts.
    void CheckAcceptance()
    {
        auto constant = CreateObject<ConstantAcceptance>();
        constant->SetAttribute("Rate", DoubleValue(0.3));
        constant->AssignStreams(1);
        ExpectNear(ShareOfRight(constant, 200000, 1), 0.3, 0.01, "constant");
        NS_TEST_EXPECT_MSG_EQ(constant->IsRight(5, 0), constant->IsRight(5, 3), "drawn once");

        auto positional = CreateObject<PositionalAcceptance>();
        positional->SetAttribute("Rates", StringValue("1,0,0.5"));
        positional->AssignStreams(2);
        positional->BeginAnswer();
        NS_TEST_EXPECT_MSG_EQ(positional->IsRight(0, 0), true, "first place");
        NS_TEST_EXPECT_MSG_EQ(positional->IsRight(1, 1), false, "second place");
        int right = 0;
        for (uint64_t position = 2; position < 20002; ++position)
        {
            right += positional->IsRight(position, 9);
        }
        ExpectNear(right / 20000.0, 0.5, 0.03, "further places");
        for (const char* wrong : {"", "0.5,,1", "0.5,x", "1.5", "nan", "0.5 0.5"})
        {
            ExpectRefused([&] { positional->SetAttribute("Rates", StringValue(wrong)); },
                          "expected numbers from 0 to 1");
        }

        // Mean 8/10; of long answers the rates have the variance 8 * 2 / (100 * 11).
        auto beta = CreateObject<BetaAcceptance>();
        beta->AssignStreams(3);
        double sum = 0;
        double squares = 0;
        const int answers = 4000;
        for (int i = 0; i < answers; ++i)
        {
            const double share = ShareOfRight(beta, 2000, 1);
            sum += share;
            squares += share * share;
        }
        const double mean = sum / answers;
        ExpectNear(mean, 0.8, 0.01, "mean of Beta");
        ExpectNear(squares / answers - mean * mean, 16.0 / 1100, 0.08, "variance of Beta");

        auto transcript = CreateObject<TranscriptAcceptance>();
        transcript->SetTranscript({5, 6, 7}, {5, 9, 7});
        transcript->BeginAnswer();
        NS_TEST_EXPECT_MSG_EQ(transcript->IsRight(0, 0), true, "the same token");
        NS_TEST_EXPECT_MSG_EQ(transcript->IsRight(1, 1), false, "another token");
        NS_TEST_EXPECT_MSG_EQ(transcript->IsRight(2, 0), true, "the same token");
        ExpectRefused([&] { transcript->SetTranscript({5, 6}, {5}); }, "2 tokens of the target");
        ExpectRefused([&] { transcript->IsRight(3, 0); }, "token 3 of an answer of 3");
    }

    /// An acceptance that drifts: means and correlations of outcomes by sums over its log odds.
    void CheckDrift()
    {
        auto drifting = CreateObject<DriftingAcceptance>();
        drifting->SetAttribute("Rate", DoubleValue(0.5));
        drifting->SetAttribute("Deviation", DoubleValue(10));
        drifting->AssignStreams(3);
        constexpr uint64_t distance = 50;
        constexpr int answers = 20000;
        double product = 0;
        for (int answer = 0; answer < answers; ++answer)
        {
            drifting->BeginAnswer();
            const int first = drifting->IsRight(0, 0) ? 1 : -1;
            product += first * (drifting->IsRight(distance, 0) ? 1 : -1);
        }
        const double correlation = std::exp(-static_cast<double>(distance) / 100);
        const double rest = std::sqrt(1 - correlation * correlation);
        const double expected = GetNormalMean([&](double x) {
            return std::tanh(5 * x) * GetNormalMean([&](double y) {
                       return std::tanh(5 * (correlation * x + rest * y));
                   });
        });
        ExpectNear(product / answers, expected, 0.08, "correlation");

        drifting->SetAttribute("Rate", DoubleValue(0.8));
        drifting->SetAttribute("Deviation", DoubleValue(2));
        drifting->SetAttribute("Memory", DoubleValue(1e-3));
        const double mean = GetNormalMean([](double x) {
            return 1 / (1 + std::exp(-2 * x) / 4); // odds of 0.8 are 4
        });
        ExpectNear(ShareOfRight(drifting, 200000, 0), mean, 0.01, "without memory");
        drifting->SetAttribute("Deviation", DoubleValue(0));
        ExpectNear(ShareOfRight(drifting, 200000, 0), 0.8, 0.01, "without drift");
    }

  private:
    void DoRun() override
    {
        (this->*m_check)();
    }

    /// @param got a number @param expected what it should be @param tolerance relative @param what
    /// it is
    void ExpectNear(double got, double expected, double tolerance, const std::string& what)
    {
        NS_TEST_EXPECT_MSG_EQ_TOL(got, expected, tolerance * std::abs(expected), what);
    }

    /// @param function of a number @return its mean over the standard normal distribution
    template <typename Function>
    static double GetNormalMean(const Function& function)
    {
        double mean = 0;
        double weights = 0;
        for (double x = -6; x <= 6; x += 0.02)
        {
            const double weight = std::exp(-x * x / 2);
            mean += weight * function(x);
            weights += weight;
        }
        return mean / weights;
    }

    /// @param call what should be refused @param part of the message
    template <typename Call>
    void ExpectRefused(const Call& call, const std::string& part)
    {
        try
        {
            call();
            NS_TEST_EXPECT_MSG_EQ(true, false, "refused: " << part);
        }
        catch (const std::exception& error)
        {
            const std::string text = error.what();
            NS_TEST_EXPECT_MSG_EQ((text.find(part) != std::string::npos), true, text);
        }
    }

    /// @param acceptance draws @param tokens of an answer @param place of all drafts @return share
    /// of right ones
    static double ShareOfRight(const Ptr<DraftAcceptance>& acceptance,
                               uint64_t tokens,
                               uint32_t place)
    {
        acceptance->BeginAnswer();
        double right = 0;
        for (uint64_t position = 0; position < tokens; ++position)
        {
            right += acceptance->IsRight(position, place);
        }
        return right / static_cast<double>(tokens);
    }

    Check m_check; //!< what this case does
};

/// Add the cases of this file. @param suite the suite
static void
AddSpeculativeDecodingTests(LlmMecTestSuite& suite)
{
    const auto add = [&suite](const std::string& name, SpeculativeDecodingTestCase::Check check) {
        suite.Add(new SpeculativeDecodingTestCase(name, check));
    };
    add("closed forms", &SpeculativeDecodingTestCase::CheckForms);
    add("ends of the range", &SpeculativeDecodingTestCase::CheckEnds);
    add("rates", &SpeculativeDecodingTestCase::CheckRates);
    add("streaming", &SpeculativeDecodingTestCase::CheckStreaming);
    add("slow pre-verify", &SpeculativeDecodingTestCase::CheckSlowPreVerify);
    add("published runs", &SpeculativeDecodingTestCase::CheckPublishedRuns);
    add("the target's text", &SpeculativeDecodingTestCase::CheckLossless);
    add("windows of two restarts", &SpeculativeDecodingTestCase::CheckWindowsOfTwoRestarts);
    add("handovers", &SpeculativeDecodingTestCase::CheckHandovers);
    add("stray calls", &SpeculativeDecodingTestCase::CheckStrayCalls);
    add("break-even uplink", &SpeculativeDecodingTestCase::CheckBreakEven);
    add("best windows", &SpeculativeDecodingTestCase::CheckBestWindows);
    add("window policies", &SpeculativeDecodingTestCase::CheckWindowPolicies);
    add("acceptance", &SpeculativeDecodingTestCase::CheckAcceptance);
    add("drift", &SpeculativeDecodingTestCase::CheckDrift);
}

static const LlmMecTests g_speculativeDecodingTests(&AddSpeculativeDecodingTests); //!< adds them
