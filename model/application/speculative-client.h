/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SPECULATIVE_CLIENT_H
#define SPECULATIVE_CLIENT_H

#include "mlu-energy-model.h"
#include "speculative-draft-processor.h"
#include "speculative-server.h"

#include "ns3/application.h"
#include "ns3/event-id.h"
#include "ns3/llm-pair.h"
#include "ns3/llm-step-energy-model.h"
#include "ns3/llm-step-time-model.h"
#include "ns3/mec-link.h"
#include "ns3/nstime.h"
#include "ns3/random-variable-stream.h"
#include "ns3/speculative-acceptance.h"
#include "ns3/speculative-outcome.h"
#include "ns3/speculative-session.h"
#include "ns3/speculative-window.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A device that drafts answers with a small model, and has them verified by a
 * SpeculativeServer: turns the words of a SpeculativeSession into events.
 *
 * It asks one question after the other. Its radio carries one message at a time. Two modes have no
 * speculation, for comparison: the server decodes alone and streams its tokens, or the device
 * decodes alone, whose text is then the small model's.
 */
class SpeculativeClient : public Application, public MecLinkMlu
{
  public:
    /// How answers are decoded; unscoped, as ns-3.37's EnumValue needs
    enum Mode
    {
        CONVENTIONAL, ///< SpeculativeMode::CONVENTIONAL
        LOCK_STEP,    ///< SpeculativeMode::LOCK_STEP
        EVENT,        ///< SpeculativeMode::EVENT
        STREAMING,    ///< SpeculativeMode::STREAMING
        SERVER_ONLY,  ///< the server decodes alone
        DEVICE_ONLY   ///< the device decodes alone
    };

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Join a cell, once the client is on its node.
     * @param link its link
     * @param server the server that verifies
     */
    void Join(Ptr<MecLink> link, Ptr<SpeculativeServer> server);

    /**
     * Answer the queries of a pair of models, in turn: each has a prompt, the target's own text and
     * what the draft says after each prefix of it. PromptTokens and AnswerTokens are then not
     * asked. Acceptance is neither, and ids decide, unless it is a TranscriptAcceptance: then a
     * draft is accepted by the query's chance, as where both models sample.
     * @param pair the pair
     * @param first index of the first query
     */
    void SetPair(std::shared_ptr<const LlmPair> pair, std::size_t first);

    /// @param energyModel what draws from the battery; without it the battery is never empty
    void SetEnergyModel(Ptr<MluEnergyModel> energyModel);

    void RequestSent(const OffloadRequest& request, const LinkDelivery& delivery) override;
    void RequestLost(const OffloadRequest& request, const LinkDelivery& delivery) override;
    void ReceiveAnswer(const OffloadAnswer& answer, const LinkDelivery& delivery) override;
    void ChangeTransmitPower(double changeW) override;

    /**
     * The user has left: the answer ends at once, and its server gives it up.
     * @param id SpeculativeOutcome::id
     * @return whether it was under way
     */
    bool Cancel(uint64_t id);

    /**
     * Assign fixed random streams.
     * @param stream first stream to use
     * @return number of streams used
     */
    int64_t AssignStreams(int64_t stream);

    /// @return whether all its questions have ended, or its battery is empty
    bool HasEnded() const;
    /// @return index of the MLU in its cell
    uint32_t GetIndex() const;
    /**
     * TracedCallback signature of an answer that has ended.
     * @param [in] outcome how it went
     */
    typedef void (*OutcomeTracedCallback)(const SpeculativeOutcome& outcome);

    /**
     * TracedCallback signature of a verdict.
     * @param [in] round what came before it
     */
    typedef void (*RoundTracedCallback)(const SpeculativeRound& round);

    /**
     * TracedCallback signature of a draft.
     * @param [in] mlu index of the MLU
     * @param [in] startS when it began, s
     */
    typedef void (*DraftTracedCallback)(uint32_t mlu, double startS);

  protected:
    void DoDispose() override;

  private:
    /// A window on its way
    struct Flight
    {
        double startS{0};   //!< when its upload began, s
        double uploadS{0};  //!< of the upload, s
        uint64_t first{0};  //!< number of its first token
        uint64_t drafts{0}; //!< how many
        uint32_t last{0};   //!< id of the last of them
    };

    /// The answer under way
    struct Answer
    {
        SpeculativeOutcome outcome;                //!< how it goes
        std::optional<SpeculativeSession> session; //!< where it is speculative
        std::vector<uint32_t> target;              //!< ids of the target's own text
        std::vector<uint32_t> draft;               //!< the draft's of a pair, where ids decide
        uint32_t noToken{0};                       //!< id that no token has
        std::deque<Flight> flights;                //!< windows without a verdict
        uint64_t epoch{0};                         //!< restarts when the session was last asked
        uint64_t wrong{0};                         //!< wrong drafts that the window policy knows
        double verdictS{0};                        //!< when the last verdict came, s
        double verdictDraftS{0};                   //!< drafting time until then, s
    };

    void StartApplication() override;
    void StopApplication() override;
    /// Begin the next answer.
    void Ask();
    /// @return the next answer with its texts
    Answer MakeAnswer();
    /// Begin to speculate. @param answer the answer
    void BeginSession(Answer& answer);
    /// Do what the session wants.
    void Act();
    /// What was begun before a restart is given up.
    void GiveUp();
    /// Send what there is to send, if the radio is free.
    void SendNext();
    /// @param upload the message @param bits its length
    void Send(const SpeculativeUpload& upload, double bits);
    /// @param tokens of a message @return its length, bits
    double GetBits(uint64_t tokens) const;
    /// A draft is written.
    void EndDraft();
    /// Something may be known now that was not before.
    void Progress();
    /// No draft is being written any more: count what was.
    void StopDraft();
    /// @return id of the draft for the next position of the session
    uint32_t GetDraftToken();
    /// Take what the server says. @param message it @param delivery how it came
    void TakeVerdict(const OffloadAnswer& message, const LinkDelivery& delivery);
    /// Tell of a verdict. @param message it @param delivery how it came
    void TellRound(const OffloadAnswer& message, const LinkDelivery& delivery);
    /// @return what the parts of a round take, at the uplink's last rate and without waiting at the
    /// server: devices that answer waiting with longer windows make all wait longer
    SpeculativeTimes GetTimes() const;
    /// Tell the window policy what is known, and choose the window of the next restart.
    void ChooseWindow();
    /// No message is being sent any more. @param energyJ that it took, J
    void StopSending(double energyJ);
    /// The answer ends. @param end how
    void Finish(SpeculativeEnd end);
    /// The battery is empty.
    void Deplete();
    /// @return power of sending, W
    double GetPowerW() const;

    Mode m_mode;                              //!< how answers are decoded
    uint32_t m_aheadPasses;                   //!< of the verifier
    uint32_t m_answers;                       //!< questions in all
    Ptr<RandomVariableStream> m_promptTokens; //!< of a prompt
    Ptr<RandomVariableStream> m_answerTokens; //!< of an answer
    Ptr<RandomVariableStream> m_thinkTime;    //!< between answers, s
    Ptr<DraftAcceptance> m_acceptance;        //!< which drafts are right
    Ptr<WindowPolicy> m_window;               //!< how many are sent together
    Ptr<StepTimeModel> m_stepTime;            //!< of the device
    Ptr<StepEnergyModel> m_stepEnergy;        //!< of the device
    Time m_draftTime;                         //!< of a draft; 0: by the model
    double m_headerBits;                      //!< of each message
    double m_bitsPerToken;                    //!< of a draft in a message
    double m_promptBitsPerToken;              //!< of a prompt
    double m_powerDbm;                        //!< of sending, dBm
    double m_bandwidthShare;                  //!< of its server's band; 0: all, with interference

    Ptr<MecLink> m_link;                                    //!< to the server
    Ptr<SpeculativeServer> m_server;                        //!< verifies
    Ptr<MluEnergyModel> m_energy;                           //!< draws from the battery, or null
    std::shared_ptr<const LlmPair> m_pair;                  //!< of real models, or null
    std::size_t m_query{0};                                 //!< of the pair, next
    uint32_t m_index{0};                                    //!< index in the cell
    uint64_t m_asked{0};                                    //!< questions so far
    std::optional<Answer> m_answer;                         //!< under way
    std::unique_ptr<SpeculativeDraftProcessor> m_processor; //!< computes drafts, from the start on
    EventId m_next;                                         //!< the next question
    bool m_isSending{false};                                //!< whether a message is under way
    double m_sentS{0};                                      //!< since when, s
    bool m_isFinishing{false};                              //!< whether the answer is about to end
    double m_rateBps{0};   //!< of the last message, bit/s; 0: none yet
    double m_downlinkS{0}; //!< of the last verdict, s

    TracedCallback<const SpeculativeOutcome&> m_outcomeTrace; //!< an answer has ended
    TracedCallback<const SpeculativeRound&> m_roundTrace;     //!< a verdict has come
    TracedCallback<uint32_t, double> m_draftTrace;            //!< a draft was written
    TracedCallback<const OffloadRequest&, const LinkDelivery&> m_uploadTrace; //!< was sent
};

} // namespace llmmec
} // namespace ns3

#endif // SPECULATIVE_CLIENT_H
