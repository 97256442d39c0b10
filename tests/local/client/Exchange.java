import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;

/** Sends COUNT messages and consumes them, with the stock client: Exchange NAMESRV TOPIC COUNT. */
public class Exchange {
    public static void main(String[] arguments) throws Exception {
        String nameServers = arguments[0];
        String topic = arguments[1];
        int count = Integer.parseInt(arguments[2]);

        Set<String> received = new ConcurrentSkipListSet<>();
        DefaultMQPushConsumer consumer = new DefaultMQPushConsumer("exchange-consumer");
        consumer.setNamesrvAddr(nameServers);
        consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
        consumer.subscribe(topic, "*");
        consumer.registerMessageListener((MessageListenerConcurrently) (messages, context) -> {
            messages.forEach(m -> received.add(new String(m.getBody(), StandardCharsets.UTF_8)));
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        });
        consumer.start();

        DefaultMQProducer producer = new DefaultMQProducer("exchange-producer");
        producer.setNamesrvAddr(nameServers);
        producer.start();
        Set<String> brokers = new TreeSet<>();
        int ok = 0;
        for (int i = 0; i < count; i++) {
            SendResult result = producer.send(new Message(topic, ("message-" + i).getBytes(StandardCharsets.UTF_8)));
            brokers.add(result.getMessageQueue().getBrokerName());
            if (result.getSendStatus().name().equals("SEND_OK")) {
                ok++;
            }
        }
        long deadline = System.currentTimeMillis() + 60_000;
        while (received.size() < count && System.currentTimeMillis() < deadline) {
            Thread.sleep(100);
        }
        System.out.printf("sent=%d received=%d brokers=%s%n", ok, received.size(), String.join(",", brokers));
        producer.shutdown();
        consumer.shutdown();
        System.exit(0);
    }
}
