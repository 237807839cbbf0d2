/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MLU_CHAT_CLIENT_H
#define MLU_CHAT_CLIENT_H

#include "ns3/application.h"
#include "ns3/event-id.h"
#include "ns3/llm-compute-model.h"
#include "ns3/llm-request-outcome.h"
#include "ns3/mec-link.h"
#include "ns3/mec-server-application.h"
#include "ns3/offload-request-policy.h"
#include "ns3/random-variable-stream.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief An MLU that asks questions, at random times or when it is told to. Its device answers, one
 * question at a time, or the prompt goes up to the server.
 *
 * Nothing is decided in slots and there is no controller: a RequestPolicy decides each question
 * when it is asked. Prompts wait for the radio in order, as the link carries one upload per MLU at
 * a time. A policy knows the server's load without delay.
 *
 * Each question ends once: answered, lost by the link, or cancelled.
 */
class MluChatClient : public Application, public MecLinkMlu
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Join a cell, once the client is on its node.
     * @param link its link
     * @param server the server that answers
     */
    void Join(Ptr<MecLink> link, Ptr<MecServerApplication> server);

    /**
     * Ask a question now, beside those of random times, which there are none of where Interval is
     * null. The whole prompt is sent, and a device computes all of it, also what other texts have.
     * @param id number of the question, below 2^32, unlike that of any other of this MLU; those of
     * random times go on from the largest
     * @param promptTokens tokens of the prompt, >= 1
     * @param answerTokens tokens of the answer, >= 1
     * @param prefix whose text the prompt begins with, if any, for a server that caches prefixes
     * @throws std::invalid_argument in one line where there are no tokens, or a question with this
     * number is under way
     * @throws std::runtime_error in one line where the client has not joined a cell
     */
    void Ask(uint64_t id,
             uint32_t promptTokens,
             uint32_t answerTokens,
             const std::optional<TextPrefix>& prefix = std::nullopt);

    void RequestSent(const OffloadRequest& request, const LinkDelivery& delivery) override;
    void RequestLost(const OffloadRequest& request, const LinkDelivery& delivery) override;
    void ReceiveAnswer(const OffloadAnswer& answer, const LinkDelivery& delivery) override;
    void ChangeTransmitPower(double changeW) override;

    /**
     * The user has left: a question ends at once, without an answer. A prompt that is not sent yet
     * is not sent, the server gives up what has arrived where its discipline can do that, and what
     * comes of it later is dropped. A device computes what it has begun or has in its queue.
     * @param id LlmRequestOutcome::id
     * @return whether the question was asked and had not ended
     */
    bool Cancel(uint64_t id);

    /**
     * Assign fixed random streams.
     * @param stream first stream to use
     * @return number of streams used
     */
    int64_t AssignStreams(int64_t stream);

    /// @return index of the MLU in its cell
    uint32_t GetIndex() const;
    /// @return questions that are asked and not answered yet
    std::size_t GetPending() const;

    /**
     * TracedCallback signature of a question that was answered, lost or cancelled.
     * @param [in] outcome how it went
     */
    typedef void (*OutcomeTracedCallback)(const LlmRequestOutcome& outcome);

    /**
     * TracedCallback signature of an upload.
     * @param [in] request the prompt
     * @param [in] delivery how it was sent
     */
    typedef void (*UploadTracedCallback)(const OffloadRequest& request,
                                         const LinkDelivery& delivery);

  protected:
    void DoDispose() override;

  private:
    /// A question that is not answered yet
    struct Question
    {
        OffloadRequest request;    //!< as sent, or as it would be
        LlmRequestOutcome outcome; //!< how it went so far
        double firstTokenS{-1};    //!< when the first token of its answer came, s
    };

    void StartApplication() override;
    void StopApplication() override;

    /// Schedule the next question of random times.
    void ScheduleNext();
    /// Ask a question of random tokens.
    void AskAtRandom();
    /// @param request a question @return what is known for the policy
    RequestObservation Observe(const OffloadRequest& request) const;
    /// @return power of sending, W
    double GetPowerW() const;
    /// Let the device answer. @param question the question
    void ComputeLocally(Question& question);
    /// Send the next prompt, if the radio is free.
    void SendNext();
    /// @param id of a question @return it, or null where it was cancelled
    Question* Find(uint64_t id);
    /// A question has ended, unless it was cancelled before. @param id of the question
    void Report(uint64_t id);

    Ptr<RandomVariableStream> m_interval;     //!< between questions, s, or null
    Ptr<RandomVariableStream> m_promptTokens; //!< of a prompt
    Ptr<RandomVariableStream> m_answerTokens; //!< of an answer
    double m_bitsPerToken;                    //!< of a prompt
    double m_powerDbm;                        //!< of sending, dBm
    Ptr<ComputeModel> m_compute;              //!< of the device
    Ptr<RequestPolicy> m_policy;              //!< decides
    Ptr<MecLink> m_link;                      //!< to the server
    Ptr<MecServerApplication> m_server;       //!< answers
    uint32_t m_index{0};                      //!< index in the cell
    uint64_t m_nextId{0};                     //!< of the next question of random times
    double m_deviceFreeS{0};                  //!< when the device has answered all it has, s
    bool m_isSending{false};                  //!< whether a prompt is under way
    uint64_t m_sentId{0};                     //!< of the question whose prompt is, or was last
    double m_sentS{0};                        //!< when its upload began, s
    std::deque<uint64_t> m_prompts;           //!< ids of prompts that wait for the radio
    std::unordered_map<uint64_t, Question> m_questions; //!< by id, not answered yet
    EventId m_next;                                     //!< the next question

    TracedCallback<const LlmRequestOutcome&> m_outcomeTrace;                  //!< it has ended
    TracedCallback<const OffloadRequest&, const LinkDelivery&> m_uploadTrace; //!< a prompt was sent
};

} // namespace llmmec
} // namespace ns3

#endif // MLU_CHAT_CLIENT_H
